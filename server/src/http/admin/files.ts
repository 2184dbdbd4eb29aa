/** What a task is made of: extractors, uploaded or shipped, and labeled sets. */
import {
  decodeBitsFile,
  decodeExtractorFile,
  type ExtractorInfo,
  extractorsReplySchema,
  FederationError,
  fileReplySchema,
  inputSchema,
  LIMITS,
  parse,
} from '@fedhybnn/shared';
import type { Coordinator } from '../../coordinator/coordinator.js';
import { shippedExtractors } from '../../coordinator/shipped-extractors.js';
import { contentHash } from '../../store/content-hash.js';
import { operatorUpload, operatorView, type Route } from '../route.js';

export function adminFileRoutes({ store, files }: Coordinator): Route[] {
  /** What a file says never changes. */
  const known = new Map<string, ExtractorInfo>();
  const infoOf = async (sha256: string): Promise<ExtractorInfo> => {
    const info = known.get(sha256) ?? describeExtractor(await files.read(sha256), false);
    known.set(sha256, info);
    return info;
  };
  return [
    operatorUpload({
      method: 'put',
      path: '/v1/admin/files/{kind}',
      summary:
        'Uploads an extractor file or a labeled set: kind is extractor or evaluation; answers what is in it',
      body: { mostBytes: () => LIMITS.file },
      reply: fileReplySchema,
      audit: ({ params, body }) => ({
        ...{ action: 'upload-file', subject: params.kind, details: { bytes: body.length } },
      }),
      async handle({ params: { kind }, body }) {
        const bytes = body.length;
        if (kind === 'extractor') {
          const extractor = describeExtractor(body, false);
          return { sha256: await files.put(body, kind), bytes, extractor };
        }
        if (kind === 'evaluation') {
          const { bits, classes } = decodeBitsFile(body);
          const evaluation = { samples: bits.rows, bits: bits.cols, classes };
          return { sha256: await files.put(body, kind), bytes, evaluation };
        }
        throw new FederationError('bad-request', 'the kind must be extractor or evaluation');
      },
    }),
    operatorView({
      path: '/v1/admin/extractors',
      summary: 'Extractors that a task may name: those that ship, and those that were uploaded',
      reply: extractorsReplySchema,
      async handle() {
        const shipped = await shippedExtractors();
        const uploaded = (await store.files('extractor')).filter((name) => !shipped.has(name));
        return {
          extractors: [
            ...[...shipped.values()].map((bytes) => describeExtractor(bytes, true)),
            ...(await Promise.all(uploaded.map(infoOf))),
          ],
        };
      },
    }),
  ];
}

/** @throws FederationError `file-corrupt` if it is none */
function describeExtractor(file: Uint8Array, shipped: boolean): ExtractorInfo {
  const { header } = decodeExtractorFile(file, 'the uploaded extractor');
  const { name, kind, bits } = header;
  const input: ExtractorInfo['input'] =
    header.kind === 'quantiles'
      ? { kind: 'table', columns: header.columns.length }
      : parse(inputSchema, { kind: 'image', ...header.input }, `extractor ${name}`, 'file-corrupt');
  return { sha256: contentHash(file), bytes: file.length, name, kind, bits, input, shipped };
}
