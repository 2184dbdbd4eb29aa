/** Which extractor turns samples into bits: one that ships, one that was uploaded, or a new file. */
import { extractorsReplySchema, FederationError, fileReplySchema } from '@fedhybnn/shared';
import { useEffect } from 'preact/hooks';
import { ask } from '../api/request.js';
import { messages, numbers } from '../messages/language.js';
import { valueAt } from '../state/document.js';
import { chooseExtractor, draft } from '../state/draft.js';
import { FileButton } from './file-button.js';
import { Problem } from './problem.js';
import { Field } from './task-fields.js';
import { useAction } from './use-action.js';
import { useResource } from './use-resource.js';

const RARELY_MS = 60_000;
/** What a new task begins with. */
const USUAL = 'mnist-patches-512';

export function ExtractorField() {
  const words = messages.value.create;
  const n = numbers.value;
  const list = useResource('/v1/admin/extractors', extractorsReplySchema, RARELY_MS);
  const extractors = list.value?.extractors ?? [];
  const chosen = valueAt(draft.value, 'extractor.sha256');
  useEffect(() => {
    if (chosen !== '') return;
    const [first] = extractors;
    const usual = extractors.find(({ name }) => name === USUAL) ?? first;
    if (usual) chooseExtractor(usual);
  }, [chosen, extractors]);
  const uploading = useAction(async (file: File) => {
    const reply = await ask('/v1/admin/files/extractor', {
      method: 'PUT',
      body: file,
      reply: fileReplySchema,
    });
    list.reload();
    if (reply.extractor) chooseExtractor(reply.extractor);
    else throw new FederationError('internal', 'the coordinator did not say what is in the file');
  });
  return (
    <div class="stack wide">
      <Field path="extractor" label={words.extractor} hint={words.extractorHint}>
        {(control) => (
          <select
            {...control}
            value={typeof chosen === 'string' ? chosen : ''}
            onChange={(event) => {
              const { value } = event.currentTarget;
              const found = extractors.find(({ sha256 }) => sha256 === value);
              if (found) chooseExtractor(found);
            }}
          >
            <option value="">{words.chooseExtractor}</option>
            {extractors.map(({ sha256, name, bits, shipped }) => (
              <option key={sha256} value={sha256}>
                {words.extractorName(n, name, bits, shipped)}
              </option>
            ))}
            {typeof chosen === 'string' &&
              chosen !== '' &&
              !extractors.some(({ sha256 }) => sha256 === chosen) && (
                <option value={chosen}>{chosen.slice(0, 16)}…</option>
              )}
          </select>
        )}
      </Field>
      <FileButton
        label={uploading.busy ? words.uploading : words.uploadExtractor}
        accept=".fhx"
        disabled={uploading.busy}
        onFile={(file) => void uploading.run(file)}
      />
      {uploading.error && <Problem error={uploading.error} />}
      {list.failure && <Problem error={list.failure} />}
    </div>
  );
}
