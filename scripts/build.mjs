/** `npm run build`: kernels, TypeScript, pages. */
import { prepare } from './prepare.mjs';

await prepare();
