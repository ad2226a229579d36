# 모델 설치, 제거, 목록.

store-no-place = 이 시스템에는 프로그램의 자료를 둘 폴더가 정해져 있지 않습니다. HEARSIGHT_DATA_DIR로 폴더를 지정하십시오.
store-catalogue = 모델 카탈로그를 쓸 수 없습니다: { $reason }. 다른 카탈로그를 쓰거나, 지정하지 않고 프로그램의 카탈로그를 쓰십시오.
store-manifest = 설치한 모델의 파일 목록을 쓸 수 없습니다: { $reason }. 모델을 제거하고 다시 설치하십시오.
store-unknown = 카탈로그에 다음 모델이 없습니다: { $name }. 있는 모델: { $known }.
store-not-installed = 다음 모델은 설치되어 있지 않습니다: { $name }. "hearsight models list"로 설치된 모델을 볼 수 있습니다.
store-not-ours = { $folder } 폴더는 Hearsight가 만든 것이 아니어서 그대로 두었습니다. 먼저 다른 곳으로 옮기십시오.
store-busy = 다른 Hearsight가 모델을 설치하거나 제거하고 있습니다. 끝난 뒤에 다시 시도하십시오.
store-no-room = 디스크 공간이 부족합니다. { $folder }에 { $needed } MB가 필요한데 { $free } MB만 비어 있습니다. 공간을 마련하고 다시 시도하십시오. 내려받은 것은 그대로 있습니다.
store-disk = { $path } 파일을 읽거나 쓸 수 없습니다({ $reason }). 디스크와 권한을 확인하십시오.
store-insecure = { $address } 주소는 내려받기에 안전하지 않아 아무것도 내려받지 않았습니다. HTTPS만 씁니다.
store-refused = { $address } 파일을 받을 수 없습니다. 서버의 응답은 { $status }입니다. 나중에 다시 시도하거나 카탈로그에서 다른 모델을 고르십시오.
store-connection = { $address } 파일을 내려받지 못했습니다: { $reason }. 연결을 확인하고 다시 시도하십시오. 받은 것은 그대로 있습니다.
store-size = { $file } 파일의 크기는 { $expected }바이트여야 하는데 { $found }바이트여서 쓰지 않았습니다. 나중에 다시 시도하십시오.
store-digest = { $file } 파일의 다이제스트가 달라 원래 파일이 아니므로 쓰지 않았습니다. 나중에 다시 시도하고, 계속 그러면 모델을 공개한 사람에게 알리십시오.
store-revision = 서버가 { $expected } 대신 { $found } 리비전을 주어 아무것도 쓰지 않았습니다. 나중에 다시 시도하십시오.

# 위 문장 안에 들어가는, 카탈로그나 파일 목록의 잘못.
store-reason-twice = "{ $name }" 모델이 두 번 나옴
store-reason-value = { $what } 값이 "{ $value }"임

# 위 문장 안에 들어가는, 연결에 생긴 일.
store-reason-redirect = 서버가 계속 다른 곳으로 돌려보냄
store-reason-status = 서버의 응답이 { $status }임
store-reason-encoded = 서버가 압축해서 보냄
store-reason-range = 서버가 요청한 것과 다른 부분을 보냄
store-reason-no-size = 서버가 크기를 알려 주지 않음
store-reason-changed = 서버에서 파일이 바뀜
store-reason-broke-off = 연결이 끊김
store-reason-host = 서버 이름을 알 수 없음
store-reason-unreachable = 서버에 닿을 수 없음
store-reason-stalled = 더는 아무것도 오지 않음

# 명령줄.
models-installed = { $name } (설치됨, { $megabytes } MB, { $folder })
models-available = { $name } (내려받을 크기 { $megabytes } MB)
models-about = { $title }: { $good }. 언어: { $languages }. 라이선스: { $licence }. { $page }
models-own = { $name } (설치됨, 이제 카탈로그에 없음, { $folder })
models-begins = { $name } 내려받는 중, { $megabytes } MB…
models-goes-on = { $name } 내려받는 중: { $megabytes } MB 가운데 { $here } MB는 이미 있습니다…
models-percent = { $percent } %
models-waits = 잠시 끊겼습니다: { $reason }. 다시 시도합니다…
models-checks = 확인하는 중…
models-done = { $name } 모델을 { $folder }에 설치했습니다. 쓰는 방법: hearsight --model { $name }
models-before = { $name } 모델은 이미 { $folder }에 설치되어 있습니다.
models-removed = { $name } 모델을 제거했습니다.
models-no-network = 이 프로그램은 내려받는 코드 없이 만들어졌습니다. 다른 방법으로 모델 폴더를 내려받아 --model로 지정하십시오.
