/** Hard limits, checked before any allocation. Bytes unless said. */
export const LIMITS = {
  /** Largest update that may travel in one socket message; a larger one goes by HTTP PUT. */
  socketUpdate: 64 * 1024,
  /** Largest update at all (fp32 baselines). */
  update: 64 * 1024 * 1024,
  /** Largest JSON body of an HTTP request. */
  jsonBody: 64 * 1024,
  /** Largest content-addressed file. */
  file: 256 * 1024 * 1024,
  /** Largest number of parameters of a head. */
  parameters: 16 * 1024 * 1024,
  /** Rounds in one answer of the rounds route. */
  roundsPage: 1000,
} as const;
