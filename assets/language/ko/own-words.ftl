# 사진이 지니고 있는 글과, 사진에 저장하는 대체 텍스트.

own-words-person = 사진에 적혀 있는 글: { $words }
own-words-person-beside = 사진 옆 파일에 적혀 있는 글: { $words }
own-words-machine = 전에 기계가 써서 저장한 글로 틀릴 수 있습니다: { $words }
own-words-then = 기계의 문장: { $sentence }
own-words-more = 더 긴 설명: { $words }
own-words-none = 이 사진에도 사진 옆에도 저장된 글이 없습니다.

own-words-empty = 저장할 글이 없습니다. 먼저 문장을 쓰십시오.
own-words-too-long = 이 글은 { $count }자이고 대체 텍스트는 { $most }자까지입니다. 줄이십시오.
own-words-there = 사람이 이 사진에 이미 글(“{ $words }”)을 써 두어서 저장하지 않았습니다.
own-words-no-place = 이 사진의 형식에는 안전하게 바꿀 수 있는 글 자리가 없어서 저장하지 않았습니다. 사진 옆의 파일에 저장할 수 있습니다.
own-words-damaged = 이 사진의 메모가 손상되어 바꾸면 잃는 것이 있을 수 있으므로 저장하지 않았습니다. 사진 옆의 파일에 저장할 수 있습니다.
own-words-no-room = 이 사진의 메모에 글을 넣을 공간이 없어서 저장하지 않았습니다. 사진 옆의 파일에 저장할 수 있습니다.
own-words-protected = 이 사진은 쓰기가 금지되어 있어서 저장하지 않았습니다. 사진 옆의 파일에 저장할 수 있습니다.
own-words-not-kept = 사진의 소유자와 권한을 그대로 둘 수 없어서({ $reason }) 저장하지 않았습니다. 사진 옆의 파일에 저장할 수 있습니다.
own-words-changed = 그 사이에 다른 프로그램이 파일을 바꾸어서 저장하지 않았습니다. 다시 하십시오.
own-words-sidecar-damaged = 사진 옆의 파일 { $path }이(가) 손상되어 저장하지 않았습니다. 고치거나 다른 곳으로 옮긴 뒤 다시 하십시오.
own-words-no-backup = 지금 사진의 사본을 만들 수 없어서({ $reason }) 저장하지 않았습니다. 디스크에 공간이 있는지 확인한 뒤 다시 하십시오.
own-words-not-saved = 글을 저장하지 못했습니다: { $reason }. 사진은 그대로입니다. 폴더에 쓸 수 있고 공간이 있는지 확인한 뒤 다시 하십시오.
own-words-saved = 저장했습니다: { $path }.
own-words-saved-with-backup = 저장했습니다: { $path }. 바꾸기 전의 파일은 여기 남아 있습니다: { $backup }.

own-words-too-doubtful = 이 문장은 틀릴 수 있어서 보지 않고는 저장하지 않습니다.
own-words-hint-replace = --replace를 쓰면 새 글이 그 자리에 들어갑니다.
own-words-hint-sidecar = --sidecar를 쓰면 그렇게 저장합니다.
own-words-review = Enter 키를 누르면 이 문장을 저장합니다. 다른 글을 쓰고 Enter 키를 누르면 그 글을 저장하고, -와 Enter 키를 누르면 저장하지 않습니다.
own-words-no-answer = 대답을 읽지 못했습니다: { $reason }. 저장하지 않았습니다.

save-words-label = 저장할 설명, { $most }자까지. Enter 키로 저장하고 Esc 키로 나갑니다:
save-words-count = { $most }자 가운데 { $count }자
save-words-long = { $aim }자보다 깁니다. 짧을수록 듣기 쉽습니다.
save-words-too-long = { $most }자보다 깁니다. 저장하려면 줄이십시오.
save-words-doubt = { $doubt } 저장하기 전에 문장을 확인하십시오.
save-words-backup = 지금 사진의 사본을 남기기
save-words-beside = 사진 대신 사진 옆의 파일에 저장하기
save-words-save = 저장
save-words-again = Enter 키를 누르면 그곳에 저장합니다.
save-words-question = 사람이 이 사진에 이미 글을 써 두었습니다: “{ $words }”. 새 글로 바꿀까요?
save-words-keep = 있는 글을 그대로 두기
save-words-replace = 내 글로 바꾸기
save-words-kept = 있던 글을 그대로 두었습니다.
save-words-no-file = 이 그림은 파일이 아니어서 저장할 곳이 없습니다. 먼저 파일로 저장한 뒤 여십시오.
save-words-part = 이 문장은 화면에 보이는 부분만의 설명입니다. Esc 키를 눌러 사진 전체로 돌아가면 그 설명을 저장할 수 있습니다.
