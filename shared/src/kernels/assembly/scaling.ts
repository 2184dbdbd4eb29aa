/** out[n] = mean_k |latents[n][k]|, sixteen neurons at a time, in the order of k. */
export function meanMagnitudes(latents: usize, neurons: i32, inputs: i32, out: usize): void {
  const count = f32x4.splat(<f32>inputs);
  let at = latents;
  for (let n = 0; n < neurons; n += 16) {
    const end = at + (<usize>inputs << 6);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (; at < end; at += 64) {
      s0 = f32x4.add(s0, f32x4.abs(v128.load(at)));
      s1 = f32x4.add(s1, f32x4.abs(v128.load(at, 16)));
      s2 = f32x4.add(s2, f32x4.abs(v128.load(at, 32)));
      s3 = f32x4.add(s3, f32x4.abs(v128.load(at, 48)));
    }
    const to = out + (<usize>n << 2);
    v128.store(to, f32x4.div(s0, count));
    v128.store(to, f32x4.div(s1, count), 16);
    v128.store(to, f32x4.div(s2, count), 32);
    v128.store(to, f32x4.div(s3, count), 48);
  }
}
