import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCoordinator } from '../start.js';
import { fingerprint, loadTls } from './tls.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedhybnn-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const selfSigned = () => loadTls({ kind: 'self-signed', data: folder });

describe('a certificate that signs itself', () => {
  it('is for this machine, is kept, and its key is readable by nobody else', async () => {
    const keys = await selfSigned();
    const certificate = new X509Certificate(keys.cert);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const days = (new Date(certificate.validTo).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(300);
    expect(fingerprint(await selfSigned())).toBe(fingerprint(keys));
    expect(statSync(join(folder, 'tls-self-signed.pem')).mode & 0o777).toBe(0o600);
  });

  it('is made anew where the kept one is damaged', async () => {
    const before = fingerprint(await selfSigned());
    writeFileSync(join(folder, 'tls-self-signed.pem'), 'damaged');
    expect(fingerprint(await selfSigned())).not.toBe(before);
  });
});

describe('certificate files', () => {
  it('are read, and refused by the name of the option', async () => {
    const { cert, key } = await selfSigned();
    const [certificate, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(certificate, cert);
    writeFileSync(keyFile, key);
    expect(await loadTls({ kind: 'files', certificate, key: keyFile })).toEqual({ cert, key });
    const swapped = loadTls({ kind: 'files', certificate: keyFile, key: certificate });
    await expect(swapped).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/^--tls-cert and --tls-key: /),
    });
    const missing = loadTls({ kind: 'files', certificate, key: join(folder, 'none') });
    await expect(missing).rejects.toMatchObject({
      code: 'unknown-file',
      message: expect.stringMatching(/^--tls-key /),
    });
  });
});

describe('a coordinator with HTTPS', () => {
  const ask = (url: string, ca: string) =>
    new Promise<{ status: number | undefined; fingerprint: string }>((resolve, reject) => {
      const asking = request(`${url}/healthz`, { ca, agent: false }, (answer) => {
        const peer = (answer.socket as import('node:tls').TLSSocket).getPeerCertificate();
        answer.resume();
        resolve({ status: answer.statusCode, fingerprint: peer.fingerprint256 });
      });
      asking.once('error', reject);
      asking.end();
    });

  it('shows the certificate that it names, and a new one when its files have changed', async () => {
    const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const write = async () => {
      rmSync(join(folder, 'tls-self-signed.pem'), { force: true });
      const keys = await selfSigned();
      writeFileSync(certificate, keys.cert);
      writeFileSync(key, keys.key);
      return keys;
    };
    const first = await write();
    const running = await startCoordinator({
      data: join(folder, 'data'),
      port: 0,
      tls: { kind: 'files', certificate, key },
    });
    try {
      expect(running.url).toMatch(/^https:\/\/localhost:\d+$/);
      expect(running.fingerprint).toBe(fingerprint(first));
      expect(await ask(running.url, first.cert)).toEqual({
        ...{ status: 200, fingerprint: fingerprint(first) },
      });
      const second = await write();
      await running.reloadTls();
      await expect(ask(running.url, first.cert)).rejects.toThrow();
      expect((await ask(running.url, second.cert)).fingerprint).toBe(fingerprint(second));
    } finally {
      await running.close();
    }
  });
});
