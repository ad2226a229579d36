# 화면의 사진: 확대, 주의 영역, 범례, 격자, 위치.

zoom-percent = 확대 { $percent }퍼센트.
zoom-fit = 사진 전체, { $percent }퍼센트.
pan-place = 확대 { $percent }퍼센트, 보이는 부분의 가운데: { $place }.
pan-nothing = 사진 전체가 보입니다. 움직이려면 먼저 확대하십시오.

part-is-whole = 사진 전체가 보입니다. 일부만 설명하려면 먼저 확대하십시오.
part-at-work = 화면에 보이는 부분을 설명하는 중입니다…
part-done = 화면에 보이는 부분만의 설명입니다. Esc 키를 누르면 사진 전체로 돌아갑니다.
part-left = 사진 전체로 돌아왔습니다.

mode-colour = 색으로 표시합니다. 가장 적게 본 곳은 짙은 파랑, 가장 많이 본 곳은 노랑입니다.
mode-dim = 덜 본 곳을 어둡게 표시합니다.
mode-outline = 가장 많이 본 곳에 테두리를 그립니다.
strength = 표시 세기 { $percent }퍼센트.
whole-on = 문장 전체의 표시: { $place }.
whole-off = 문장 전체의 표시를 껐습니다.

cover-begun = 사진의 어디가 중요한지 찾으려고 부분을 가리는 중입니다…
cover-done = 가리면 낱말이 달라지는 곳을 찾았습니다. 왼쪽과 오른쪽 화살표로 살펴볼 수 있습니다.
cover-not-needed = 낱말마다 사진의 어디가 중요한지 이미 알고 있습니다.

legend-least = 가장 적게
legend-most = 가장 많이 본 곳
legend-least-covered = 가장 적게
legend-most-covered = 낱말이 가장 많이 달라지는 곳
legend-everywhere = 모델이 사진 전체를 고루 보아서 표시할 부분이 없습니다.
legend-everywhere-covered = 사진의 어느 부분을 가려도 낱말이 비슷하게 달라져서 표시할 부분이 없습니다.
legend-colour = 범례: 짙은 파랑은 가장 적게, 노랑은 가장 많이 본 곳입니다. 세기 { $strength }퍼센트.
legend-dim = 범례: 밝은 곳은 가장 많이, 어두운 곳은 가장 적게 본 곳입니다. 세기 { $strength }퍼센트.
legend-outline = 범례: 테두리 안이 가장 많이 본 곳입니다. 세기 { $strength }퍼센트.
legend-colour-covered = 범례: 노랑은 가리면 낱말이 가장 많이 달라지는 곳, 짙은 파랑은 가장 적게 달라지는 곳입니다. 세기 { $strength }퍼센트.
legend-dim-covered = 범례: 밝은 곳은 가리면 낱말이 달라지는 곳, 어두운 곳은 달라지지 않는 곳입니다. 세기 { $strength }퍼센트.
legend-outline-covered = 범례: 테두리 안이 가리면 낱말이 가장 많이 달라지는 곳입니다. 세기 { $strength }퍼센트.

word-place = { $word }: { $place }
place-of-none = 고른 낱말이 없습니다. 먼저 왼쪽, 오른쪽 화살표 키로 낱말을 고르십시오.
places-none = 사진의 한 부분을 가리키는 낱말이 없습니다.

explore-on = 살펴보기, { $rows }행 { $columns }열. 화살표 키나 포인터로 움직이고 P 키로 이곳에 있는 것을 듣습니다.
explore-off = 살펴보기를 마쳤습니다.
explore-nothing = 아무것도 없음
explore-cell = { $here }; { $place }
explore-place = { $place }, { $rows }행 가운데 { $row }행, { $columns }열 가운데 { $column }열

review-title = 낱말 { $count }개와 모델이 본 곳
review-title-covered = 낱말 { $count }개와 가리면 달라지는 곳
review-whole = 문장 전체
review-no-map = 지도 없음
review-remark = { $percent } %, { $place }
review-cell = { $word }, { $remark }
review-open = 검토: 화살표 키로 낱말 사이를 움직이고 Enter 키로 낱말을 표시합니다.
review-closed = 사진으로 돌아왔습니다.
review-close = 검토 닫기

save-choosing = 파일 대화 상자에서 저장할 곳을 고르십시오.
save-not-chosen = 저장하지 않았습니다.
save-working = 저장하는 중입니다…
saved = 저장했습니다: { $path }.
saved-with-json = 저장했습니다: { $path }, { $json }.
save-failed = 그림을 저장하지 못했습니다: { $reason }. 폴더가 있고 공간이 있는지 확인하거나 다른 폴더를 고르십시오.
save-nowhere = 그림을 저장할 폴더가 없습니다. 쓸 수 있는 폴더에서 사진을 여십시오.
save-busy = 앞의 그림을 아직 저장하고 있습니다. 잠시 뒤에 다시 하십시오.
dialog-pictures = 그림
