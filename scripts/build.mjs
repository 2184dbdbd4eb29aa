/** `npm run build`: kernels, then TypeScript. */
import { prepare } from './prepare.mjs';

await prepare();
