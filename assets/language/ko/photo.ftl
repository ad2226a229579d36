# 그림을 읽을 수 없는 까닭과 할 수 있는 일.

photo-missing = 파일이 없습니다. 옮겨졌거나 이름이 바뀌었을 수 있습니다. 사진을 다시 고르십시오.
photo-is-folder = 그림이 아니라 폴더입니다. 폴더 안의 사진을 고르십시오.
photo-is-no-file = 일반 파일이 아니어서 그림으로 읽을 수 없습니다. 사진을 고르십시오.
photo-forbidden = 권한이 없어 이 파일을 읽을 수 없습니다. 권한을 바꾸거나 다른 사진을 고르십시오.
photo-unreadable = 이 파일을 읽을 수 없습니다: { $reason }. 디스크나 카드가 아직 연결되어 있는지 확인한 뒤 다시 해 보십시오.
photo-empty = 빈 파일입니다. 다시 내려받거나 복사해 보십시오.
photo-file-too-large = 파일이 { $megabytes }메가바이트보다 커서 그림으로 열 수 없습니다. 더 작은 것을 고르십시오.
photo-no-picture = 이름과 달리 그림 파일이 아닙니다. JPEG이나 PNG 파일 같은 사진을 고르십시오.
photo-unsupported = { $format } 형식의 그림은 여기서 읽을 수 없습니다. JPEG이나 PNG로 저장하여 여십시오.
photo-unsupported-kind = 특수한 종류의 { $format } 그림이어서 여기서 읽을 수 없습니다. JPEG이나 PNG로 저장하여 여십시오.
photo-too-many-pixels = 그림이 너무 큽니다. { $megapixels }메가픽셀까지 읽을 수 있습니다. 더 작은 사본을 만들어 여십시오.
photo-too-much-memory = 그림이 너무 큽니다. 읽으려면 메모리가 { $megabytes }메가바이트 넘게 필요합니다. 더 작은 사본을 만들어 여십시오.
photo-ends-early = 파일이 중간에 끊겨 온전한 그림이 아닙니다. 다시 내려받거나 복사해 보십시오.
photo-damaged = 그림이 손상되어 보여 줄 수 없습니다. 다시 내려받거나 복사해 보십시오.
photo-no-library = { $format } 형식의 그림입니다. 읽으려면 libheif가 필요한데, 설치되어 있지 않거나 이 형식의 디코더가 없습니다. 설치하거나(Debian과 Ubuntu에서는 libheif1과 그 플러그인) 그림을 JPEG으로 저장하여 여십시오.
photo-no-preview = 카메라의 RAW 파일인데, 보여 줄 만한 그림이 들어 있지 않거나 작은 미리 보기뿐입니다. RAW 사진 프로그램에서 JPEG으로 저장하여 여십시오.
photo-nothing-in-frames = 이 움직이는 그림은 처음 { $frames }개의 프레임이 비어 있으며, 그 뒤는 살펴보지 않습니다. 원하는 장면을 JPEG이나 PNG로 저장하여 여십시오.
photo-too-slow = 그림을 읽는 데 { $seconds }초가 넘게 걸려 멈췄습니다. 손상되었을 수 있으니 다시 내려받거나 복사해 보고, 아니면 더 작은 사본을 여십시오.
photo-decoder-crashed = 손상된 그림에서 생기는 오류로 이 그림을 읽지 못했습니다. 다른 기능은 그대로 쓸 수 있습니다. 다시 내려받거나 복사해 보십시오.
photo-no-decoder = 그림을 읽는 프로세스를 시작하지 못했습니다: { $reason }. 다른 프로그램을 닫고 다시 해 보십시오.
photo-is-cut = 파일이 중간에 끊겨 있어 남아 있는 부분만 보여 주고 설명합니다.
