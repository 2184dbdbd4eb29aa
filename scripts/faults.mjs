/** `npm run faults`: kills a coordinator that plays, and checks what it had promised. */
import { launch } from './launch.mjs';

await launch('server/dist/faults/command.js', process.argv.slice(2));
