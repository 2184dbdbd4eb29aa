/** Stills of the camera; where the page may not use it (HTTP, refusal), the phone's own camera does. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { messages } from '../messages/language.js';

interface CameraProps {
  /** Name of the button that takes a still. */
  readonly capture: string;
  readonly onPicture: (picture: Blob) => void;
}

export function Camera({ capture, onPicture }: CameraProps) {
  const words = messages.value.data;
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream>();
  const [refused, setRefused] = useState(!navigator.mediaDevices);

  useEffect(() => {
    if (video.current && stream) video.current.srcObject = stream;
    return () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, [stream]);

  const begin = () => {
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'environment' } })
      .then(setStream, () => setRefused(true));
  };
  const still = async () => {
    if (!video.current) return;
    const { videoWidth, videoHeight } = video.current;
    const side = Math.min(videoWidth, videoHeight);
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = side;
    const [left, top] = [(videoWidth - side) / 2, (videoHeight - side) / 2];
    canvas.getContext('2d')?.drawImage(video.current, left, top, side, side, 0, 0, side, side);
    const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    if (picture) onPicture(picture);
  };

  if (refused) {
    return (
      <>
        <p class="small">{words.cameraRefused}</p>
        <label class="button">
          {words.takePhoto}
          <input
            type="file"
            name="photo"
            accept="image/*"
            capture="environment"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) onPicture(file);
              event.currentTarget.value = '';
            }}
          />
        </label>
      </>
    );
  }
  if (!stream) {
    return (
      <button type="button" onClick={begin}>
        {words.startCamera}
      </button>
    );
  }
  return (
    <>
      <video ref={video} class="camera" autoplay playsInline muted />
      <div class="row">
        <button type="button" onClick={() => setStream(undefined)}>
          {words.stopCamera}
        </button>
        <button type="button" onClick={() => void still()}>
          {capture}
        </button>
      </div>
    </>
  );
}
