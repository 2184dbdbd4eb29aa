/** A small picture of numbers: a sample, or latent bits. */
import { useEffect, useRef } from 'preact/hooks';

interface PixelsProps {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Without it the picture is decoration. */
  readonly label?: string;
}

export function Pixels({ pixels, width, height, channels, label }: PixelsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      for (let c = 0; c < 3; c++) {
        image.data[4 * i + c] = pixels[i * channels + (channels === 1 ? 0 : c)];
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }, [pixels, width, height, channels]);
  const named = label ? ({ role: 'img', 'aria-label': label } as const) : { 'aria-hidden': true };
  return <canvas ref={canvas} class="pixels" width={width} height={height} {...named} />;
}

interface BitsProps {
  readonly bits: Uint8Array;
  readonly count: number;
  readonly label: string;
}

/** Latent bits as a grid of squares, as wide as it is high or twice that. */
export function Bits({ bits, count, label }: BitsProps) {
  const { columns, rows } = gridOf(count);
  const set: string[] = [];
  for (let i = 0; i < count; i++) {
    if ((bits[i >> 3] >> (i & 7)) & 1) {
      set.push(`M${i % columns} ${Math.floor(i / columns)}h.86v.86h-.86z`);
    }
  }
  return (
    <svg class="bits" viewBox={`0 0 ${columns} ${rows}`} role="img" aria-label={label}>
      <path d={set.join('')} />
    </svg>
  );
}

interface EvidenceProps {
  /** In [−127, 127]. */
  readonly values: Int8Array;
  readonly label: string;
}

/** Signed values in the grid of {@link Bits}: for in the accent's color, against in the other. */
export function Evidence({ values, label }: EvidenceProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { columns, rows } = gridOf(values.length);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const style = getComputedStyle(context.canvas);
    const [pro, contra] = [style.accentColor, style.color].map((color) =>
      (color.match(/\d+/g) ?? []).slice(0, 3).map(Number),
    );
    const image = context.createImageData(columns, rows);
    values.forEach((value, i) => {
      image.data.set(value > 0 ? pro : contra, 4 * i);
      image.data[4 * i + 3] = 2 * Math.abs(value);
    });
    context.putImageData(image, 0, 0);
  }, [values, columns, rows]);
  return (
    <canvas
      ref={canvas}
      class="evidence"
      width={columns}
      height={rows}
      role="img"
      aria-label={label}
    />
  );
}

/** As wide as it is high, or twice that. */
function gridOf(count: number): { readonly columns: number; readonly rows: number } {
  const columns = 2 ** Math.ceil(Math.log2(Math.sqrt(2 * count)));
  return { columns, rows: Math.ceil(count / columns) };
}
