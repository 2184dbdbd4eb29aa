/**
 * HTTPS: with the operator's certificate, or with one that signs itself, for phones in the same
 * network (browsers warn once, then allow camera and installation as they do for any HTTPS page).
 */
import { X509Certificate } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { FederationError } from '@fedhybnn/shared';
import { generate } from 'selfsigned';
import { syncFolder } from '../store/sync-folder.js';

export type TlsOptions =
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string }
  /** Valid for this machine's names and addresses; kept in the data folder. */
  | { readonly kind: 'self-signed'; readonly data: string };

export interface TlsKeys {
  readonly cert: string;
  readonly key: string;
}

const SELF_SIGNED_DAYS = 365;
const RENEW_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/** @throws FederationError `unknown-file` or `bad-request` if they cannot be read or do not fit */
export async function loadTls(options: TlsOptions): Promise<TlsKeys> {
  if (options.kind === 'self-signed') return selfSigned(options.data);
  const keys = {
    cert: await readPem('--tls-cert', options.certificate),
    key: await readPem('--tls-key', options.key),
  };
  try {
    createSecureContext(keys);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FederationError(
      'bad-request',
      `--tls-cert and --tls-key: not a certificate and its private key in PEM (${why})`,
      { cause },
    );
  }
  return keys;
}

/** What people compare with what their browser shows: SHA-256 of the certificate. */
export function fingerprint({ cert }: TlsKeys): string {
  return new X509Certificate(cert).fingerprint256;
}

async function selfSigned(data: string): Promise<TlsKeys> {
  const path = join(data, 'tls-self-signed.pem');
  const hosts = ownHosts();
  const kept = await readFile(path, 'utf8').catch(() => '');
  const cut = kept.indexOf('-----BEGIN CERTIFICATE-----');
  const keys = { key: kept.slice(0, cut), cert: kept.slice(cut) };
  if (cut > 0 && stillGood(keys, hosts)) return keys;
  const now = new Date();
  const made = await generate([{ name: 'commonName', value: 'FedHyBNN coordinator' }], {
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + SELF_SIGNED_DAYS * DAY_MS),
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) =>
          isAddress(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
        ),
      },
    ],
  });
  const fresh = { key: made.private, cert: made.cert };
  await writePrivately(data, path, `${fresh.key.trimEnd()}\n${fresh.cert}`);
  return fresh;
}

/** Names and addresses under which phones in the same network reach this machine. */
function ownHosts(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);
  return ['localhost', '127.0.0.1', '::1', ...new Set(addresses)];
}

const isAddress = (host: string) => /^[\d.]+$|:/.test(host);

function stillGood({ key, cert }: TlsKeys, hosts: readonly string[]): boolean {
  try {
    createSecureContext({ key, cert });
    const certificate = new X509Certificate(cert);
    const left = new Date(certificate.validTo).getTime() - Date.now();
    const covers = (host: string) =>
      (isAddress(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
    return left > RENEW_DAYS * DAY_MS && hosts.every(covers);
  } catch {
    // Whatever it is, it is no certificate of ours: a new one takes its place.
    return false;
  }
}

async function writePrivately(folder: string, path: string, text: string): Promise<void> {
  await rm(`${path}.new`, { force: true });
  const file = await open(`${path}.new`, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

async function readPem(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FederationError('unknown-file', `${option} ${path}: cannot be read; check the path`, {
      cause,
    });
  }
}
