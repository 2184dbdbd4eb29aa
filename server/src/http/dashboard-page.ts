/** The operator's page, at `/dashboard`: built by `client/dashboard`. All it shows is behind a login. */
import { Router } from 'express';
import { builtFolder, builtPage } from './built-page.js';

const POLICY = {
  contentSecurity: [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  permissions: 'camera=(), microphone=(), geolocation=()',
};

/** Routes of the page; none where it has not been built. @param folder of the built page */
export function dashboardPageRoutes(folder: string = builtFolder('dashboard')): Router {
  const router = Router();
  const page = builtPage(folder, POLICY);
  if (page === undefined) return router;
  router.get('/dashboard', (_request, response) => page.send(response));
  router.use('/dashboard', page.files);
  return router;
}
