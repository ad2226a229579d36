# 사진을 설명할 수 없는 까닭과 할 수 있는 일.

caption-cancelled = 설명을 멈췄습니다.
caption-no-words = 모델이 이 사진을 설명할 말을 찾지 못했습니다. 빔을 늘리거나 다른 모델을 써 보십시오.
caption-setting = 이 설정으로는 사진을 설명할 수 없습니다({ $reason }). 설정을 고치거나 빼 주세요.
caption-run-failed = 모델이 사진을 보는 동안 오류가 났습니다({ $reason }). CPU에서 다시 해 보거나 다른 모델을 써 보십시오.

preprocessor-not-understood = 이 모델은 사진을 여기서 할 수 없는 방식으로 준비해야 합니다. preprocessor_config.json에 “{ $field }”: { $value } 설정이 있습니다. 다른 모델을 고르십시오.
preprocessor-missing = 이 모델에는 사진을 준비하는 방법이 빠져 있습니다. preprocessor_config.json에 “{ $field }” 설정이 없습니다. 다른 모델을 고르거나 이 모델을 다시 받으십시오.

runtime-not-found = 모델을 실행하는 ONNX Runtime을 찾지 못했습니다. { $install }. 찾아본 곳: { $places }.
runtime-too-old = { $path }에 있는 ONNX Runtime { $version } 버전은 너무 오래되었습니다. { $needed } 이상이 필요합니다. { $install }.
runtime-broken = { $path }에 있는 ONNX Runtime을 쓸 수 없습니다({ $reason }). { $install }.
runtime-install = 프로그램 폴더나 그 위 폴더에서 "python3 -m pip install --no-deps --target runtime onnxruntime==1.31.1" 명령으로 설치하거나, 라이브러리 위치를 ORT_DYLIB_PATH에 지정하십시오
runtime-another-library = 다른 라이브러리임

device-unknown = "{ $name }" 장치는 없습니다. auto, cpu, cuda 가운데 하나를 고르십시오.

# 모델이 본 곳을 나타낸 그림.
picture-no-font = 주의 영역 그림을 저장할 수 없습니다. 프로그램의 글꼴이 손상되었습니다. 프로그램을 다시 설치하십시오.
picture-not-encoded = 주의 영역 그림을 PNG 파일로 만들 수 없습니다: { $reason }.
picture-not-written = 주의 영역 그림을 { $path }에 저장할 수 없습니다: { $reason }. 폴더가 있는지, 빈 공간이 있는지 확인하십시오.
