/** Content-addressed files: they never change, so whoever has one may keep it for ever. */
import { FederationError } from '@fedhybnn/shared';
import { Router } from 'express';
import type { FileStore } from '../store/file-store.js';

export function fileRoutes(files: FileStore): Router {
  const router = Router();
  router.get('/files/:sha256', async (request, response, next) => {
    const { sha256 } = request.params;
    const path = await files.locate(sha256);
    if (path === null) {
      throw new FederationError('unknown-file', `file ${sha256.slice(0, 64)}: not here`);
    }
    response.type('application/octet-stream');
    response.set('ETag', `"${sha256}"`);
    // `send` answers Range and If-None-Match requests.
    const options = { immutable: true, maxAge: '365d', dotfiles: 'allow' as const };
    response.sendFile(path, options, (error) => {
      if (error === undefined) return;
      if ('code' in error && error.code === 'ENOENT') {
        next(new FederationError('unknown-file', `file ${sha256}: lost; restore a backup`));
      } else if (!request.destroyed && !response.headersSent) next(error);
    });
  });
  return router;
}
