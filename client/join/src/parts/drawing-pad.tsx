/** A pad to draw on with finger, pen, mouse or keyboard; it gives strokes. */
import { useEffect, useRef } from 'preact/hooks';
import type { Stroke } from '../engine/messages.js';

interface DrawingPadProps {
  readonly strokes: readonly Stroke[];
  /** Called with each change; `done` when a stroke ends. */
  readonly onChange: (strokes: readonly Stroke[], done: boolean) => void;
  readonly label: string;
  readonly hint: string;
}

/** Pixels of the pad's own canvas; strokes are in its unit square. */
const SIDE = 560;
const LINE = 0.09;
/** How far an arrow key moves the pen. */
const STEP = 0.05;

export function DrawingPad({ strokes, onChange, label, hint }: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const state = useRef({ strokes, drawing: false, pen: { x: 0.5, y: 0.25, down: false } });
  state.current.strokes = strokes;

  const paint = () => {
    const context = canvas.current?.getContext('2d');
    if (context) drawStrokes(context, state.current.strokes, keyboardPen());
  };
  const keyboardPen = () =>
    document.activeElement === canvas.current && canvas.current?.matches(':focus-visible')
      ? state.current.pen
      : undefined;
  useEffect(paint, [strokes]);

  const change = (next: readonly Stroke[], done: boolean) => {
    state.current.strokes = next;
    paint();
    onChange(next, done);
  };
  const extend = (x: number, y: number) => {
    const { strokes: all } = state.current;
    change([...all.slice(0, -1), [...(all.at(-1) ?? []), x, y]], false);
  };
  const place = (event: PointerEvent): [number, number] => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const lift = () => {
    if (!state.current.drawing) return;
    state.current.drawing = false;
    onChange(state.current.strokes, true);
  };
  const onKey = (event: KeyboardEvent) => {
    const { pen } = state.current;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const move = moves[event.key];
    if (move) {
      pen.x = Math.min(1, Math.max(0, pen.x + move[0]));
      pen.y = Math.min(1, Math.max(0, pen.y + move[1]));
      if (pen.down) extend(pen.x, pen.y);
    } else if (event.key === ' ') {
      pen.down = !pen.down;
      if (pen.down) change([...state.current.strokes, [pen.x, pen.y]], false);
      else onChange(state.current.strokes, true);
    } else return;
    event.preventDefault();
    paint();
  };

  return (
    <div class="pad">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: keys draw on it */}
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        tabIndex={0}
        role="application"
        aria-label={label}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          state.current.drawing = true;
          const [x, y] = place(event);
          change([...state.current.strokes, [x, y]], false);
        }}
        onPointerMove={(event) => {
          if (!state.current.drawing) return;
          const [x, y] = place(event);
          extend(x, y);
        }}
        onPointerUp={lift}
        onPointerCancel={lift}
        onKeyDown={onKey}
        onFocus={paint}
        onBlur={paint}
      />
      {strokes.length === 0 && <p aria-hidden="true">{hint}</p>}
    </div>
  );
}

function drawStrokes(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  pen: { readonly x: number; readonly y: number; readonly down: boolean } | undefined,
): void {
  context.clearRect(0, 0, SIDE, SIDE);
  const style = getComputedStyle(context.canvas);
  context.strokeStyle = style.color;
  context.lineWidth = LINE * SIDE;
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(stroke[0] * SIDE, stroke[1] * SIDE);
    for (let i = 0; i + 1 < stroke.length; i += 2) {
      context.lineTo(stroke[i] * SIDE, stroke[i + 1] * SIDE);
    }
    context.stroke();
  }
  if (pen === undefined) return;
  context.fillStyle = style.accentColor;
  context.beginPath();
  context.arc(pen.x * SIDE, pen.y * SIDE, pen.down ? 16 : 10, 0, 2 * Math.PI);
  context.fill();
}
