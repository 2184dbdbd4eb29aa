/** Pages that `npm run build` has built, served as files under a policy that allows nothing inline. */
import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RequestHandler, Response } from 'express';
import expressStaticGzip from 'express-static-gzip';

export interface BuiltPage {
  /** The page's files; none is made up: what is not there goes on to the next route. */
  readonly files: RequestHandler;
  /** Answers with the page itself. */
  send(response: Response, status?: number): void;
}

export interface PagePolicy {
  /** Of the page's files. */
  readonly contentSecurity: string;
  readonly permissions: string;
}

/** Where the page of a name lies once it is built. */
export function builtFolder(name: string): string {
  return fileURLToPath(new URL(`../../../client/${name}/dist`, import.meta.url));
}

/** Undefined where it has not been built, so that a coordinator alone still runs. */
export function builtPage(folder: string, policy: PagePolicy): BuiltPage | undefined {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return undefined;
  const protect = (response: ServerResponse) => {
    response.setHeader('Content-Security-Policy', policy.contentSecurity);
    response.setHeader('Permissions-Policy', policy.permissions);
  };
  return {
    send(response, status = 200) {
      protect(response);
      response.status(status);
      // The names of the other files change with their contents; this one's does not.
      response.set('Cache-Control', 'no-cache');
      response.sendFile(index);
    },
    // Compressed when the page is built: a request costs no time, and cannot be made to cost any.
    files: expressStaticGzip(folder, {
      index: false,
      serveStatic: {
        redirect: false,
        setHeaders(response, path) {
          protect(response);
          const named = path.startsWith(join(folder, 'assets'));
          response.setHeader(
            'Cache-Control',
            named ? 'public, max-age=31536000, immutable' : 'no-cache',
          );
        },
      },
    }),
  };
}
