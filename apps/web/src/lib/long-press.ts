/** A finger that rests on something asks for what a mouse finds by pointing at it. */
import { type MouseEvent, type PointerEvent, useRef } from "react";

const LONG = 450;
/** A finger that moves further than this scrolls. */
const STILL = 10;

/** Handlers for the element; null while resting on it means nothing. The click that follows a long press is none. */
export function useLongPress(onLong: (() => void) | null) {
  const press = useRef({ timer: 0, x: 0, y: 0, isLong: false });
  if (!onLong) return {};
  const end = () => window.clearTimeout(press.current.timer);
  return {
    onPointerDown: (event: PointerEvent) => {
      end();
      press.current.isLong = false;
      if (event.pointerType !== "touch") return;
      press.current.x = event.clientX;
      press.current.y = event.clientY;
      press.current.timer = window.setTimeout(() => {
        press.current.isLong = true;
        navigator.vibrate?.(10);
        onLong();
      }, LONG);
    },
    onPointerMove: (event: PointerEvent) => {
      const { x, y } = press.current;
      if (Math.hypot(event.clientX - x, event.clientY - y) > STILL) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu: (event: MouseEvent) => {
      if (press.current.isLong) event.preventDefault();
    },
    onClickCapture: (event: MouseEvent) => {
      if (!press.current.isLong) return;
      press.current.isLong = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
