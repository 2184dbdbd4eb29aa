/** Content-addressed files: they never change, so whoever has one may keep it for ever. */
import { FederationError } from '@fedhybnn/shared';
import type { FileStore } from '../store/file-store.js';
import { publicRoute, type Route } from './route.js';

export function fileRoute(files: FileStore): Route {
  return publicRoute({
    method: 'get',
    path: '/v1/files/{sha256}',
    summary: 'A file by its hash: extractor, snapshot or step; Range and If-None-Match work',
    reply: 'application/octet-stream',
    async handle({ params: { sha256 }, request, response }) {
      const path = await files.locate(sha256);
      if (path === null) {
        throw new FederationError('unknown-file', `file ${sha256.slice(0, 64)}: not here`);
      }
      response.type('application/octet-stream');
      response.set('ETag', `"${sha256}"`);
      // `send` answers Range and If-None-Match requests.
      const options = { immutable: true, maxAge: '365d', dotfiles: 'allow' as const };
      await new Promise<void>((resolve, reject) => {
        response.sendFile(path, options, (error) => {
          if (error === undefined) resolve();
          else if ('code' in error && error.code === 'ENOENT') {
            reject(new FederationError('unknown-file', `file ${sha256}: lost; restore a backup`));
          } else if (!request.destroyed && !response.headersSent) reject(error);
          else resolve();
        });
      });
      return undefined;
    },
  });
}
