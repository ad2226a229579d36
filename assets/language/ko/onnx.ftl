# ONNX 파일을 읽거나 쓰거나 만들 수 없는 까닭.

onnx-read = 모델 파일 { $path } 파일을 읽을 수 없습니다({ $reason }). 파일이 있는지, 읽을 권한이 있는지 확인하십시오.
onnx-broken = 모델 파일 { $path } 파일은 온전한 ONNX 파일이 아닙니다. 다시 내려받거나 내보내십시오.
onnx-write = 모델 파일 { $path } 파일을 쓸 수 없습니다({ $reason }). 빈 공간과 폴더의 권한을 확인하십시오.
onnx-duplicate = { $operation } 연산이 "{ $name }" 값을 쓰려 하지만 그래프에 이미 그 이름이 있습니다. 다른 이름을 붙이십시오.
onnx-unknown = { $operation } 연산이 "{ $name }" 값을 읽지만 그 앞에 이 값을 쓰는 것이 없습니다. 이름과 순서를 확인하십시오.
onnx-shape = { $operation } 연산에는 { $expected } 모양이 필요하지만 "{ $name }" 값은 { $found }입니다.
onnx-length = 초깃값 "{ $name }"의 모양은 { $shape }인데 값은 { $values }개가 주어졌습니다.
