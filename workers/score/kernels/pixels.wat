;; The pixel loops of plain.ts, which says the same in plain code.
;; Memory: 0 the fourteen totals of a tile (f64, in the order of plain.ts), 128 the same as pairs of i64 while they grow, 512 pixels.
;;
;; Sums of a tile: eight pixels across at a time, strip by strip, downwards. Nothing overflows: every value of a pixel fits 16 bits
;; (|k| <= 2,040, |gx|, |gy| <= 1,020), and a lane of 32 bits gets two squares a row, at most 2 x 2,040^2 (of gx, gy: 4 x 1,020^2), so that
;; 516 rows fit; strips of at most 128 are asked for, then 64 bits take over.
(module
  (import "thread" "memory" (memory 1))

  (func $grow (param $at i32) (param $pair v128)
    (v128.store (local.get $at) (i64x2.add (v128.load (local.get $at)) (local.get $pair))))

  (func $addSigned (param $at i32) (param $four v128)
    (call $grow (local.get $at)
      (i64x2.add (i64x2.extend_low_i32x4_s (local.get $four)) (i64x2.extend_high_i32x4_s (local.get $four)))))

  (func $addUnsigned (param $at i32) (param $four v128)
    (call $grow (local.get $at)
      (i64x2.add (i64x2.extend_low_i32x4_u (local.get $four)) (i64x2.extend_high_i32x4_u (local.get $four)))))

  ;; Pixels $x0 <= x < $x1, $y0 <= y < $y1, with a pixel around them on every side; reads up to 8 bytes past the plane.
  (func (export "sums") (param $width i32) (param $x0 i32) (param $y0 i32) (param $x1 i32) (param $y1 i32)
    (local $x i32) (local $row i32) (local $rows i32) (local $at i32)
    (local $inside v128) (local $gate v128) (local $twice v128)
    ;; the window: rows above, at and below the pixel, left, centre and right of it
    (local $ul v128) (local $uc v128) (local $ur v128)
    (local $ml v128) (local $mc v128) (local $mr v128)
    (local $dl v128) (local $dc v128) (local $dr v128)
    ;; its readings
    (local $h v128) (local $v v128) (local $b v128) (local $f v128) (local $l v128) (local $k v128)
    (local $dx v128) (local $dy v128) (local $r v128) (local $s v128) (local $gx v128) (local $gy v128)
    ;; their sums
    (local $s_l v128) (local $s_ll v128) (local $s_a v128) (local $s_t v128) (local $s_n v128) (local $s_k v128) (local $s_h v128)
    (local $s_v v128) (local $s_d v128) (local $s_e v128) (local $s_xx v128) (local $s_yy v128) (local $s_xy v128) (local $s_gated v128)

    (local.set $at (i32.const 128))
    (loop $clear
      (v128.store (local.get $at) (v128.const i64x2 0 0))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $clear (i32.lt_u (local.get $at) (i32.const 352))))

    (local.set $x (local.get $x0))
    (loop $strip
      ;; Pixels past the tile's end are read as 0 in all three rows: every reading of them is 0, and the gate leaves them out.
      (local.set $inside
        (i16x8.gt_s (i16x8.splat (i32.sub (local.get $x1) (local.get $x))) (v128.const i16x8 0 1 2 3 4 5 6 7)))
      (local.set $rows (i32.sub (local.get $y1) (local.get $y0)))
      (local.set $row
        (i32.add
          (i32.const 511)
          (i32.add (local.get $x) (i32.mul (i32.sub (local.get $y0) (i32.const 1)) (local.get $width)))))
      (local.set $ul (v128.and (local.get $inside) (v128.load8x8_u (local.get $row))))
      (local.set $uc (v128.and (local.get $inside) (v128.load8x8_u offset=1 (local.get $row))))
      (local.set $ur (v128.and (local.get $inside) (v128.load8x8_u offset=2 (local.get $row))))
      (local.set $row (i32.add (local.get $row) (local.get $width)))
      (local.set $ml (v128.and (local.get $inside) (v128.load8x8_u (local.get $row))))
      (local.set $mc (v128.and (local.get $inside) (v128.load8x8_u offset=1 (local.get $row))))
      (local.set $mr (v128.and (local.get $inside) (v128.load8x8_u offset=2 (local.get $row))))
      (local.set $s_l (v128.const i64x2 0 0))
      (local.set $s_ll (v128.const i64x2 0 0))
      (local.set $s_a (v128.const i64x2 0 0))
      (local.set $s_t (v128.const i64x2 0 0))
      (local.set $s_n (v128.const i64x2 0 0))
      (local.set $s_k (v128.const i64x2 0 0))
      (local.set $s_h (v128.const i64x2 0 0))
      (local.set $s_v (v128.const i64x2 0 0))
      (local.set $s_d (v128.const i64x2 0 0))
      (local.set $s_e (v128.const i64x2 0 0))
      (local.set $s_xx (v128.const i64x2 0 0))
      (local.set $s_yy (v128.const i64x2 0 0))
      (local.set $s_xy (v128.const i64x2 0 0))
      (local.set $s_gated (v128.const i64x2 0 0))
      (loop $down
        (local.set $row (i32.add (local.get $row) (local.get $width)))
        (local.set $dl (v128.and (local.get $inside) (v128.load8x8_u (local.get $row))))
        (local.set $dc (v128.and (local.get $inside) (v128.load8x8_u offset=1 (local.get $row))))
        (local.set $dr (v128.and (local.get $inside) (v128.load8x8_u offset=2 (local.get $row))))
        (local.set $twice (i16x8.shl (local.get $mc) (i32.const 1)))
        (local.set $h (i16x8.sub (i16x8.add (local.get $ml) (local.get $mr)) (local.get $twice)))
        (local.set $v (i16x8.sub (i16x8.add (local.get $uc) (local.get $dc)) (local.get $twice)))
        (local.set $b (i16x8.sub (i16x8.add (local.get $ul) (local.get $dr)) (local.get $twice)))
        (local.set $f (i16x8.sub (i16x8.add (local.get $ur) (local.get $dl)) (local.get $twice)))
        (local.set $l (i16x8.add (local.get $h) (local.get $v)))
        (local.set $k (i16x8.sub (i16x8.add (local.get $b) (local.get $f)) (i16x8.shl (local.get $l) (i32.const 1))))
        (local.set $dx (i16x8.sub (local.get $mr) (local.get $ml)))
        (local.set $dy (i16x8.sub (local.get $dc) (local.get $uc)))
        (local.set $r (i16x8.sub (local.get $dr) (local.get $ul)))
        (local.set $s (i16x8.sub (local.get $ur) (local.get $dl)))
        (local.set $gx (i16x8.add (i16x8.add (local.get $r) (local.get $s)) (i16x8.shl (local.get $dx) (i32.const 1))))
        (local.set $gy (i16x8.add (i16x8.sub (local.get $r) (local.get $s)) (i16x8.shl (local.get $dy) (i32.const 1))))
        (local.set $s_l (i32x4.add (local.get $s_l) (i32x4.extadd_pairwise_i16x8_s (local.get $l))))
        (local.set $s_ll (i32x4.add (local.get $s_ll) (i32x4.dot_i16x8_s (local.get $l) (local.get $l))))
        (local.set $s_a (i32x4.add (local.get $s_a) (i32x4.extadd_pairwise_i16x8_u (i16x8.abs (local.get $l)))))
        (local.set $s_t (i32x4.add (local.get $s_t) (i32x4.add (i32x4.dot_i16x8_s (local.get $gx) (local.get $gx)) (i32x4.dot_i16x8_s (local.get $gy) (local.get $gy)))))
        (local.set $s_n (i32x4.add (local.get $s_n) (i32x4.extadd_pairwise_i16x8_u (i16x8.abs (local.get $k)))))
        (local.set $s_k (i32x4.add (local.get $s_k) (i32x4.dot_i16x8_s (local.get $k) (local.get $k))))
        (local.set $s_h (i32x4.add (local.get $s_h) (i32x4.dot_i16x8_s (local.get $h) (local.get $h))))
        (local.set $s_v (i32x4.add (local.get $s_v) (i32x4.dot_i16x8_s (local.get $v) (local.get $v))))
        (local.set $s_d (i32x4.add (local.get $s_d) (i32x4.dot_i16x8_s (local.get $b) (local.get $b))))
        (local.set $s_e (i32x4.add (local.get $s_e) (i32x4.dot_i16x8_s (local.get $f) (local.get $f))))
        ;; dx^2 + dy^2 >= 36 does not fit 16 bits, but says the same of amounts cut off at 6.
        (local.set $r (i16x8.min_u (i16x8.abs (local.get $dx)) (v128.const i16x8 6 6 6 6 6 6 6 6)))
        (local.set $s (i16x8.min_u (i16x8.abs (local.get $dy)) (v128.const i16x8 6 6 6 6 6 6 6 6)))
        (local.set $gate (i16x8.gt_s (i16x8.add (i16x8.mul (local.get $r) (local.get $r)) (i16x8.mul (local.get $s) (local.get $s))) (v128.const i16x8 35 35 35 35 35 35 35 35)))
        (local.set $s_gated (i16x8.sub (local.get $s_gated) (local.get $gate)))
        (local.set $dx (v128.and (local.get $dx) (local.get $gate)))
        (local.set $dy (v128.and (local.get $dy) (local.get $gate)))
        (local.set $s_xx (i32x4.add (local.get $s_xx) (i32x4.dot_i16x8_s (local.get $dx) (local.get $dx))))
        (local.set $s_yy (i32x4.add (local.get $s_yy) (i32x4.dot_i16x8_s (local.get $dy) (local.get $dy))))
        (local.set $s_xy (i32x4.add (local.get $s_xy) (i32x4.dot_i16x8_s (local.get $dx) (local.get $dy))))
        (local.set $ul (local.get $ml))
        (local.set $ml (local.get $dl))
        (local.set $uc (local.get $mc))
        (local.set $mc (local.get $dc))
        (local.set $ur (local.get $mr))
        (local.set $mr (local.get $dr))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br_if $down (local.get $rows)))

      (call $addSigned (i32.const 128) (local.get $s_l))
      (call $addUnsigned (i32.const 144) (local.get $s_ll))
      (call $addUnsigned (i32.const 160) (local.get $s_a))
      (call $addUnsigned (i32.const 176) (local.get $s_t))
      (call $addUnsigned (i32.const 192) (local.get $s_n))
      (call $addUnsigned (i32.const 208) (local.get $s_k))
      (call $addUnsigned (i32.const 224) (local.get $s_h))
      (call $addUnsigned (i32.const 240) (local.get $s_v))
      (call $addUnsigned (i32.const 256) (local.get $s_d))
      (call $addUnsigned (i32.const 272) (local.get $s_e))
      (call $addUnsigned (i32.const 288) (local.get $s_xx))
      (call $addUnsigned (i32.const 304) (local.get $s_yy))
      (call $addSigned (i32.const 320) (local.get $s_xy))
      (call $addUnsigned (i32.const 336) (i32x4.extadd_pairwise_i16x8_u (local.get $s_gated)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (br_if $strip (i32.lt_s (local.get $x) (local.get $x1))))

    (local.set $at (i32.const 0))
    (loop $total
      (f64.store
        (local.get $at)
        (f64.convert_i64_s
          (i64.add
            (i64.load offset=128 (i32.shl (local.get $at) (i32.const 1)))
            (i64.load offset=136 (i32.shl (local.get $at) (i32.const 1))))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $total (i32.lt_u (local.get $at) (i32.const 112)))))

  ;; Luma of $count pixels of RGB, 16 at a time: reads up to 52 bytes past the last pixel, writes up to 15.
  (func (export "luma") (param $from i32) (param $to i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $count)))
    (loop $sixteen
      (v128.store (local.get $to)
        (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_u
            (call $lumaOfFour (v128.load (local.get $from)))
            (call $lumaOfFour (v128.load offset=12 (local.get $from))))
          (i16x8.narrow_i32x4_u
            (call $lumaOfFour (v128.load offset=24 (local.get $from)))
            (call $lumaOfFour (v128.load offset=36 (local.get $from))))))
      (local.set $from (i32.add (local.get $from) (i32.const 48)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $sixteen (i32.lt_u (local.get $to) (local.get $end)))))

  ;; Four pixels of RGB in the first 12 bytes: (77 R + 150 G + 29 B) >> 8 of each.
  (func $lumaOfFour (param $rgb v128) (result v128)
    (i32x4.shr_u
      (i32x4.add
        (i32x4.dot_i16x8_s
          (i8x16.swizzle (local.get $rgb) (v128.const i8x16 0 -1 1 -1 3 -1 4 -1 6 -1 7 -1 9 -1 10 -1))
          (v128.const i16x8 77 150 77 150 77 150 77 150))
        (i32x4.dot_i16x8_s
          (i8x16.swizzle (local.get $rgb) (v128.const i8x16 2 -1 -1 -1 5 -1 -1 -1 8 -1 -1 -1 11 -1 -1 -1))
          (v128.const i16x8 29 0 29 0 29 0 29 0)))
      (i32.const 8)))

  ;; The rounded mean of 2 x 2, eight results at a time: writes up to 7 bytes past each row, which the next row then overwrites.
  (func (export "half") (param $from i32) (param $width i32) (param $to i32) (param $across i32) (param $down i32)
    (local $at i32) (local $out i32) (local $end i32)
    (loop $row
      (local.set $at (local.get $from))
      (local.set $out (local.get $to))
      (local.set $end (i32.add (local.get $to) (local.get $across)))
      (loop $eight
        (v128.store64_lane 0
          (local.get $out)
          (i8x16.narrow_i16x8_u
            (i16x8.shr_u
              (i16x8.add
                (i16x8.add
                  (i16x8.extadd_pairwise_i8x16_u (v128.load (local.get $at)))
                  (i16x8.extadd_pairwise_i8x16_u (v128.load (i32.add (local.get $at) (local.get $width)))))
                (v128.const i16x8 2 2 2 2 2 2 2 2))
              (i32.const 2))
            (v128.const i64x2 0 0)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (br_if $eight (i32.lt_u (local.get $out) (local.get $end))))
      (local.set $from (i32.add (local.get $from) (i32.shl (local.get $width) (i32.const 1))))
      (local.set $to (local.get $end))
      (local.set $down (i32.sub (local.get $down) (i32.const 1)))
      (br_if $row (local.get $down))))

  ;; RGB at half its size, each channel by itself, rounded after each direction, four results at a time: reads up to 28 bytes past the last pixel,
  ;; writes up to 13 past each row, which the next row then overwrites.
  (func (export "halfRgb") (param $from i32) (param $width i32) (param $to i32) (param $across i32) (param $down i32)
    (local $at i32) (local $out i32) (local $end i32) (local $one v128) (local $two v128)
    (local.set $width (i32.mul (local.get $width) (i32.const 3)))
    (local.set $across (i32.mul (local.get $across) (i32.const 3)))
    (loop $row
      (local.set $at (local.get $from))
      (local.set $out (local.get $to))
      (local.set $end (i32.add (local.get $to) (local.get $across)))
      (loop $four
        ;; Four pixels each in the first 12 bytes of both.
        (local.set $one
          (i8x16.avgr_u (v128.load (local.get $at)) (v128.load (i32.add (local.get $at) (local.get $width)))))
        (local.set $two
          (i8x16.avgr_u (v128.load offset=12 (local.get $at)) (v128.load offset=12 (i32.add (local.get $at) (local.get $width)))))
        (v128.store
          (local.get $out)
          (i8x16.avgr_u
            (i8x16.shuffle 0 1 2 6 7 8 16 17 18 22 23 24 0 0 0 0 (local.get $one) (local.get $two))
            (i8x16.shuffle 3 4 5 9 10 11 19 20 21 25 26 27 0 0 0 0 (local.get $one) (local.get $two))))
        (local.set $at (i32.add (local.get $at) (i32.const 24)))
        (local.set $out (i32.add (local.get $out) (i32.const 12)))
        (br_if $four (i32.lt_u (local.get $out) (local.get $end))))
      (local.set $from (i32.add (local.get $from) (i32.shl (local.get $width) (i32.const 1))))
      (local.set $to (local.get $end))
      (local.set $down (i32.sub (local.get $down) (i32.const 1)))
      (br_if $row (local.get $down))))

  ;; Sum of the bytes of a rectangle of a plane. At most 4,096 x 4,096 of them.
  (func (export "total") (param $width i32) (param $x i32) (param $y i32) (param $across i32) (param $down i32) (result i32)
    (local $row i32) (local $at i32) (local $end i32) (local $sum v128) (local $rest i32)
    (local.set $row (i32.add (i32.const 512) (i32.add (local.get $x) (i32.mul (local.get $y) (local.get $width)))))
    (loop $down
      (local.set $at (local.get $row))
      (local.set $end (i32.add (local.get $row) (local.get $across)))
      (block $short
        (br_if $short (i32.lt_u (local.get $across) (i32.const 16)))
        (loop $sixteen
          (local.set $sum
            (i32x4.add (local.get $sum) (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (v128.load (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $sixteen (i32.le_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))))
      (block $whole
        (br_if $whole (i32.ge_u (local.get $at) (local.get $end)))
        (loop $one
          (local.set $rest (i32.add (local.get $rest) (i32.load8_u (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $one (i32.lt_u (local.get $at) (local.get $end)))))
      (local.set $row (i32.add (local.get $row) (local.get $width)))
      (local.set $down (i32.sub (local.get $down) (i32.const 1)))
      (br_if $down (local.get $down)))
    (i32.add
      (local.get $rest)
      (i32.add
        (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
        (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))))

  ;; Squared Laplacians of every second pixel of every second row, from $x0, $y0 on, below $x1, $y1; reads up to 8 bytes past the plane.
  ;; A lane gets one square of at most 1,020^2 a step and goes over into 64 bits at the end of each row.
  (func (export "curves") (param $width i32) (param $x0 i32) (param $y0 i32) (param $x1 i32) (param $y1 i32) (result f64)
    (local $x i32) (local $at i32) (local $four v128) (local $sum v128) (local $l v128)
    (loop $down
      (local.set $x (local.get $x0))
      (local.set $at (i32.add (i32.const 512) (i32.add (local.get $x0) (i32.mul (local.get $y0) (local.get $width)))))
      (local.set $four (v128.const i64x2 0 0))
      (loop $eight
        (local.set $l
          (i16x8.sub
            (i16x8.sub
              (i16x8.shl (v128.load8x8_u (local.get $at)) (i32.const 2))
              (i16x8.add (v128.load8x8_u (i32.sub (local.get $at) (i32.const 1))) (v128.load8x8_u offset=1 (local.get $at))))
            (i16x8.add
              (v128.load8x8_u (i32.sub (local.get $at) (local.get $width)))
              (v128.load8x8_u (i32.add (local.get $at) (local.get $width))))))
        (local.set $l
          (v128.and
            (v128.and (local.get $l) (v128.const i16x8 -1 0 -1 0 -1 0 -1 0))
            (i16x8.gt_s (i16x8.splat (i32.sub (local.get $x1) (local.get $x))) (v128.const i16x8 0 1 2 3 4 5 6 7))))
        (local.set $four (i32x4.add (local.get $four) (i32x4.dot_i16x8_s (local.get $l) (local.get $l))))
        (local.set $x (i32.add (local.get $x) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $eight (i32.lt_s (local.get $x) (local.get $x1))))
      (local.set $sum
        (i64x2.add
          (local.get $sum)
          (i64x2.add (i64x2.extend_low_i32x4_u (local.get $four)) (i64x2.extend_high_i32x4_u (local.get $four)))))
      (local.set $y0 (i32.add (local.get $y0) (i32.const 2)))
      (br_if $down (i32.lt_s (local.get $y0) (local.get $y1))))
    (f64.convert_i64_s (i64.add (i64x2.extract_lane 0 (local.get $sum)) (i64x2.extract_lane 1 (local.get $sum))))))
