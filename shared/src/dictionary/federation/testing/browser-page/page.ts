/** Puts the small federation where a test can reach it from outside the page. */
import { smallDigests } from '../small-digests.js';

Object.assign(globalThis, { smallDigests });
