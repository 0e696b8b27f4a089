/** Pictures and films on the whole screen: the next by arrow or swipe, nearer by wheel, pinch, double click or key. */
import { Download, MessageSquareText } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import Yarl, {
  type GenericSlide,
  useController,
  useLightboxState,
  type ZoomRef,
} from "yet-another-react-lightbox";
import Captions from "yet-another-react-lightbox/plugins/captions";
import Counter from "yet-another-react-lightbox/plugins/counter";
import Zoom from "yet-another-react-lightbox/plugins/zoom";
import "yet-another-react-lightbox/styles.css";
import "yet-another-react-lightbox/plugins/captions.css";
import "yet-another-react-lightbox/plugins/counter.css";
import type { Message } from "@/api/types";
import { formatMoment } from "@/lib/time";
import { fileName, useFile, useSaveFile } from "./media-file";
import { kindKey } from "./message-kind";
import { senderName } from "./payload";

interface FileSlide extends GenericSlide {
  message: Message;
}

declare module "yet-another-react-lightbox" {
  interface SlideTypes {
    photo: FileSlide & { type: "photo" };
    film: FileSlide & { type: "film" };
  }
}

interface LightboxProps {
  pictures: Message[];
  /** The place of the one it opens at. */
  start: number;
  timeZone: string;
  onClose: () => void;
  onShow: (message: Message) => void;
}

const FADE = 150;

export default function Lightbox({ pictures, start, timeZone, onClose, onShow }: LightboxProps) {
  const { t, i18n } = useTranslation();
  const zoom = useRef<ZoomRef>(null);
  const wanted = useRef<Message>(null);
  const [index, setIndex] = useState(start);
  const slides = useMemo(
    () =>
      pictures.map((message) => {
        const who = senderName(message.payload) ?? message.author.name;
        const when = formatMoment(message.created_at, i18n.language, timeZone);
        return {
          type: message.type === "video" ? ("film" as const) : ("photo" as const),
          message,
          description: [message.text, [who, when].filter(Boolean).join(" · ")].filter(Boolean).join("\n"),
        };
      }),
    [pictures, i18n.language, timeZone],
  );

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "0") zoom.current?.changeZoom(1);
    if (event.key === "=") zoom.current?.zoomIn();
  }

  return (
    <Yarl
      open
      close={() => {
        onClose();
        if (wanted.current) onShow(wanted.current);
      }}
      index={index}
      on={{ view: ({ index: seen }) => setIndex(seen) }}
      slides={slides}
      plugins={[Captions, Counter, Zoom]}
      carousel={{ finite: true, preload: 1 }}
      animation={{ fade: FADE, swipe: FADE, zoom: FADE }}
      controller={{ closeOnBackdropClick: true, closeOnPullDown: true }}
      captions={{ descriptionTextAlign: "center", descriptionMaxLines: 5 }}
      zoom={{ ref: zoom, supports: ["photo"], scrollToZoom: true, maxZoom: 6 }}
      portal={{ container: { onKeyDown } }}
      toolbar={{
        buttons: [
          <ShowButton key="show" onShow={(message) => (wanted.current = message)} />,
          <SaveButton key="save" />,
          "close",
        ],
      }}
      render={{
        slide: ({ slide, offset }) =>
          "message" in slide && <Slide message={slide.message} isCurrent={offset === 0} />,
        ...(slides.length < 2 ? { buttonPrev: () => null, buttonNext: () => null } : {}),
      }}
      labels={{
        Lightbox: t("threadFaces.gallery"),
        "Photo gallery": t("threadFaces.gallery"),
        Carousel: t("threadFaces.gallery"),
        Slide: t("threadFaces.slide"),
        "{index} of {total}": t("threadFaces.place", { index: "{index}", total: "{total}" }),
        Caption: t("threadFaces.caption"),
        Previous: t("threadFaces.previous"),
        Next: t("threadFaces.next"),
        Close: t("action.dismiss"),
        "Zoom in": t("threadFaces.zoomIn"),
        "Zoom out": t("threadFaces.zoomOut"),
      }}
    />
  );
}

function Slide({ message, isCurrent }: { message: Message; isCurrent: boolean }) {
  const { t } = useTranslation();
  const { url, failed } = useFile(message, isCurrent || message.type === "image");
  if (!url) {
    return <p className="text-white">{t(failed ? "media.unreachable" : "state.loading")}</p>;
  }
  if (message.type === "video") {
    return (
      // biome-ignore lint/a11y/useMediaCaption: WhatsApp carries no captions
      <video
        src={url}
        controls
        autoPlay={isCurrent}
        aria-label={message.text || t("kind.video")}
        className="max-h-full max-w-full"
      />
    );
  }
  return (
    <img
      src={url}
      alt={message.text || t(kindKey(message.type))}
      draggable={false}
      className="size-full object-contain"
    />
  );
}

function useCurrent(): Message | null {
  const { currentSlide } = useLightboxState();
  return currentSlide && "message" in currentSlide ? currentSlide.message : null;
}

interface ToolProps {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Tool({ label, children, ...rest }: ToolProps) {
  return (
    <button type="button" aria-label={label} title={label} className="yarl__button" {...rest}>
      {children}
    </button>
  );
}

function SaveButton() {
  const message = useCurrent();
  return message && <SaveCurrent key={message.id} message={message} />;
}

function SaveCurrent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const name = fileName(message);
  const save = useSaveFile(message, name);
  return (
    <Tool label={t("media.save", { name })} disabled={save.isPending} onClick={() => save.mutate()}>
      <Download aria-hidden />
    </Tool>
  );
}

function ShowButton({ onShow }: { onShow: (message: Message) => void }) {
  const { t } = useTranslation();
  const { close } = useController();
  const message = useCurrent();
  if (!message) return null;
  function show(): void {
    if (message) onShow(message);
    close();
  }
  return (
    <Tool label={t("threadFaces.showInThread")} onClick={show}>
      <MessageSquareText aria-hidden />
    </Tool>
  );
}
