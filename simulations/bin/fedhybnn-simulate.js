#!/usr/bin/env node
// The command is built by `npm run build`; this file exists before, so that npm can link it.
await import('../dist/bin/simulate.js');
