/** Short words at the edge of the screen. What draws them is fetched after the page; words said before wait. */
import type { ExternalToast, toast as shown } from "sonner";

type Shown = typeof shown;
type Kind = "success" | "error" | "info" | "warning";

let open: (toast: Shown) => void;
const place = new Promise<Shown>((resolve) => {
  open = resolve;
});

/** Called by whatever draws the words, once it listens. */
export function drawToasts(draw: Shown): void {
  open(draw);
}

const say = (kind: Kind) => (words: string, options?: ExternalToast) => {
  void place.then((draw) => draw[kind](words, options));
};

export const toast = {
  success: say("success"),
  error: say("error"),
  info: say("info"),
  warning: say("warning"),
};
