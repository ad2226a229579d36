# 모델 폴더를 쓸 수 없는 까닭과 할 수 있는 일.

model-not-found = 모델을 찾지 못했습니다. 다음 위치 가운데 한 곳에 모델 폴더를 두거나, --model 또는 HEARSIGHT_MODEL로 폴더를 지정하십시오: { $places }.
model-no-folder = { $path }에 모델 폴더가 없습니다. 경로를 확인하거나 그곳에 모델을 설치하십시오.
model-file-missing = 모델 폴더 { $folder }에 다음 파일이 없습니다: { $file }. 모든 파일을 갖추어 모델을 다시 내려받으십시오.
model-no-variant = 모델 폴더 { $folder }에는 "{ $name }" 변형이 없습니다. 다음 가운데 고르세요: { $variants }.
model-broken = { $file } 파일이 손상되었거나 온전하지 않습니다({ $reason }). 모델을 다시 내려받으십시오.
model-contradiction = { $folder }의 파일들이 서로 맞지 않습니다: { $contradiction }. 한 모델의 파일만 쓰십시오.
model-unsupported = { $file } 파일은 여기서 쓸 수 없습니다: { $what }. 다른 모델을 쓰거나 이 모델을 다르게 내보낸 것을 써 보십시오.

# 위 문장 안에 들어가는 까닭.
reason-none = 까닭을 알 수 없음
reason-no-onnx = 중간에 끊겼거나 ONNX 파일이 아님
reason-bfloat = "{ $name }" 값이 bfloat16 수인데 여기서는 32비트 수와 IEEE 16비트 수만 쓸 수 있음
reason-other-decoder = "{ $name }" 값에서 시작하는데, 이 값은 함께 내보낸 다른 디코더만 계산함
reason-no-shape = "{ $name }" 값에 모양이 없음
reason-not-given = 인코더가 주지 않는 입력 "{ $name }" 값을 받음
reason-no-output = 이어 갈 출력 "{ $name }" 값이 없음
reason-needs = 입력 "{ $input }" 값과 출력 "{ $output }" 값이 있어야 함
reason-cannot-see = 인코더에서 아무것도 받지 않아 사진을 볼 수 없음
reason-unknown-input = 알 수 없는 입력 "{ $name }" 값을 받음
reason-scores-shape = 문장 { $rows }개에 대한 점수의 모양이 { $shape }임
reason-scores-no-numbers = 점수가 수가 아님
reason-no-attention = "{ $name }" 가중치의 합이 1이 아니라 { $sum }이어서 주의가 아님
reason-state-rows = 이어 갈 상태의 행 수가 문장 수와 다름
reason-encoder-size = 인코더는 { $width }×{ $height } 픽셀 그림을 받는데 preprocessor_config.json은 { $made_width }×{ $made_height } 픽셀로 만듦
reason-attention-grid = config.json에는 attention_grid가 { $rows }×{ $columns }인데 디코더는 { $positions }곳을 봄
reason-no-word-support = config.json에는 "{ $output }" 출력의 낱말이 있는데 인코더에는 그런 출력이 없음
reason-no-expected-captions = config.json에는 예상되는 설명이 얼마나 중요한지 적혀 있는데 인코더에는 "{ $output }" 출력이 없음
reason-no-gate = config.json에는 어디서부터 사진으로 볼지 적혀 있는데 인코더에는 "{ $output }" 출력이 없음
reason-promise = "{ $name }" 항목에 값이 { $elements }개 있다고 하는데 실제로는 없음
reason-loop = "{ $name }" 연산이 끝없이 되풀이될 수 있음
reason-promise-senseless = "{ $name }" 항목의 모양이나 위치가 말이 되지 않음
reason-too-large = 가중치가 { $gigabytes } GB인데 { $most } GB까지만 받음
reason-outside = "{ $name }" 가중치가 모델 폴더 밖의 { $location }에 있음
reason-short-weights = "{ $name }" 가중치가 끝나기 전에 파일이 끝남
reason-no-tokenizer = 일부가 알려진 형식이 아님
reason-no-file = 보통 파일이 아님
reason-file-too-large = { $megabytes } MB인데 { $most } MB까지만 읽음
reason-no-start-token = generation_config.json에도 config.json에도 decoder_start_token_id나 bos_token_id가 없음
reason-vocabulary = tokenizer.json에는 낱말이 { $words }개인데 디코더의 어휘는 { $size }개임
reason-special-token = 시작 또는 끝 토큰 { $id }번이 디코더의 어휘 { $size }개를 벗어남
reason-generation = 탐색 설정 "{ $name }" 값이 { $value }인데 여기서는 모르는 방식임
reason-setting = { $name } 값이 { $value }인데 기대한 값은 { $expected }
expected-at-most-beams = num_beams 값 { $beams } 이하
expected-count = { $least }에서 { $most }까지의 정수
expected-early-stopping = true, false, "never" 가운데 하나
expected-flag = true 또는 false
expected-number = 숫자
expected-positive = 0보다 큰 수
expected-object = 설정 이름이 있는 객체
expected-token-below = { $size }보다 작은 토큰 번호
expected-token = 토큰 번호
expected-tokens = 토큰 번호 또는 그 목록
expected-words = 토큰 번호 목록의 목록

generation-unknown = "{ $name }"라는 탐색 설정은 없습니다. 있는 설정: { $known }.
