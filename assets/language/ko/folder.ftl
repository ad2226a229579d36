# 여러 사진을 파일로 설명하기: 무엇이 잘못되었는지, 어디까지 했는지, 앨범에 쓰이는 말.

# 폴더와 목록.
folder-forbidden = 이 폴더는 읽을 수 없습니다. 권한이 없습니다. 권한을 바꾸거나 이 폴더를 빼세요.
folder-missing = 그런 폴더나 파일이 없습니다. 옮겨졌거나 이름이 바뀌었을 수 있습니다.
folder-unreadable = 이 폴더를 읽을 수 없습니다: { $reason }. 디스크나 카드가 아직 연결되어 있는지 확인하고 다시 해 보세요.
list-no-path = 이 줄에는 사진 이름이 없습니다. 경로를 쓰거나 "path"가 있는 객체를 쓰세요.
folder-links = 다른 폴더로 가는 링크 { $count }개는 따라가지 않았습니다. 그 폴더의 사진도 필요하면 그 폴더도 함께 지정하세요.

# 쓰이는 파일.
folder-format = { $path }의 이름이 .html, .csv, .jsonl 중 어느 것으로도 끝나지 않아 무엇을 써야 할지 알 수 없습니다. 이 가운데 하나를 고르세요.
folder-not-ours = { $path } 파일이 이미 있는데 이 작업이 쓴 것이 아니거나 그 뒤에 바뀌었으므로 그대로 둡니다. 다른 곳으로 옮기거나 다른 이름을 고르세요.
folder-busy = { $path } 파일을 쓰는 중입니다. 다른 Hearsight가 같은 파일에 설명을 쓰고 있습니다. 끝날 때까지 기다리거나 다른 이름을 고르세요.
folder-disk = { $path } 파일을 읽거나 쓸 수 없습니다: { $reason }. 폴더가 있는지, 자리가 있는지, 쓸 수 있는지 확인하세요. 이미 설명한 것은 남아 있습니다.
folder-cancelled = 취소했습니다. 이미 설명한 것은 남아 있으며, 같은 작업을 다시 하면 거기서부터 이어집니다.

# 어디까지 했는지: "사진 5000장 중 1200장. 3장 실패. 약 2시간 남음."
folder-found = 사진을 찾는 중: 지금까지 { $count }장…
folder-begins = { $count ->
    [0] 사진이 없습니다.
   *[other] 사진 { $count }장.
}
folder-so-far = 사진 { $total }장 중 { $done }장.
folder-so-many = 사진 { $done }장.
folder-failed = { $count }장 실패.
folder-left = { $time } 남음.
folder-left-moment = 1분 미만
folder-left-minutes = 약 { $count }분
folder-left-hours = 약 { $count }시간
folder-left-days = 약 { $count }일
folder-failed-more = 실패한 사진이 { $count }장 더 있습니다. 쓰인 파일에 이름이 있습니다.
folder-summary = 새로 설명한 사진 { $described }장, 이미 알고 있던 사진 { $known }장, 실패 { $failed }장.
folder-written = 저장됨: { $path }

# 앨범, 웹 페이지.
album-title = { $name }의 사진
album-title-plain = 사진
album-title-page = { $title }, { $page }쪽
album-made = 따로 밝히지 않은 문장은 기계가 쓴 것이며 틀릴 수 있습니다.
album-skip = 사진으로 건너뛰기
album-pages = 쪽
album-pages-again = 사진 뒤의 쪽
album-previous = 이전 쪽
album-next = 다음 쪽
album-failed = 설명하지 못함: { $reason }

# 창의 시트.
folder-sheet-about = 폴더와 그 안에 있는 폴더의 모든 사진을 설명하고 문장을 파일에 씁니다. 전에 설명한 것은 다시 설명하지 않습니다.
folder-sheet-folder = 폴더:
folder-sheet-choose = 폴더 고르기
folder-sheet-place = 파일 이름(확장자 없이):
folder-sheet-album = 웹 페이지 앨범(.html)
folder-sheet-table = 스프레드시트용 표(.csv)
folder-sheet-lines = 프로그램용 줄(.jsonl)
folder-sheet-start = 모든 사진 설명하기
folder-sheet-begins = 사진을 찾는 중…
folder-sheet-pause = 일시 정지
folder-sheet-go-on = 계속
folder-sheet-paused = 일시 정지됨.
folder-sheet-cancel = 작업 취소
folder-sheet-stays = 이 시트는 닫아도 됩니다. 작업은 계속되고, 다른 사진을 설명하는 동안에는 기다립니다.
folder-sheet-no-folder = 먼저 폴더의 경로를 입력하거나 폴더를 고르세요.
folder-sheet-no-place = 파일 이름을 입력하세요.
folder-sheet-no-format = 파일 종류를 하나 이상 고르세요.
folder-sheet-no-dialog = 이 시스템에는 폴더를 고르는 대화 상자가 없습니다. 폴더의 경로를 입력하세요.
