/** The labeled public sample on which the coordinator measures the accuracy. */
import { FederationError, fileReplySchema } from '@fedhybnn/shared';
import { ask } from '../api/request.js';
import { messages, numbers } from '../messages/language.js';
import { checked, evaluation } from '../state/draft.js';
import { FileButton } from './file-button.js';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';

export function EvaluationField() {
  const words = messages.value.create;
  const n = numbers.value;
  const uploading = useAction(async (file: File) => {
    const reply = await ask('/v1/admin/files/evaluation', {
      method: 'PUT',
      body: file,
      reply: fileReplySchema,
    });
    if (!reply.evaluation) {
      throw new FederationError('internal', 'the coordinator did not say what is in the file');
    }
    evaluation.value = { name: file.name, sha256: reply.sha256, ...reply.evaluation };
  });
  const known = evaluation.value;
  const { task } = checked.value;
  const misfit = known && task && known.bits !== task.extractor.bits;
  return (
    <div class="stack wide">
      <p class="field-name">{words.evaluation}</p>
      {known && (
        <p role="status">
          {words.evaluationIs(n, known.name, known.samples, known.bits, known.classes)}
        </p>
      )}
      {misfit && <p class="wrong">{words.evaluationMisfit(n, known.bits, task.extractor.bits)}</p>}
      <p class="small">{words.evaluationHint}</p>
      <div class="row">
        <FileButton
          label={uploading.busy ? words.uploading : words.uploadEvaluation}
          accept=".bits"
          disabled={uploading.busy}
          onFile={(file) => void uploading.run(file)}
        />
        {known && (
          <button
            type="button"
            onClick={() => {
              evaluation.value = undefined;
            }}
          >
            {words.noEvaluation}
          </button>
        )}
      </div>
      {uploading.error && <Problem error={uploading.error} />}
    </div>
  );
}
