/** The sound and the system's message themselves. */
import { alerts } from "./alerts";

/** What comes within this time is one sound: a hundred messages at once are no alarm. */
const APART = 2_000;
let context: AudioContext | null = null;
let last = Number.NEGATIVE_INFINITY;

function tone(at: AudioContext, hertz: number, from: number): void {
  const oscillator = at.createOscillator();
  const volume = at.createGain();
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(0.12, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.22);
  oscillator.connect(volume).connect(at.destination);
  oscillator.start(from);
  oscillator.stop(from + 0.24);
}

/** Two soft tones, unless there were some just now. Browsers play nothing before somebody has touched the page. */
export function sound(): void {
  if (performance.now() - last < APART) return;
  last = performance.now();
  context ??= new AudioContext();
  void context.resume();
  tone(context, 659, context.currentTime);
  tone(context, 880, context.currentTime + 0.13);
}

interface Told {
  title: string;
  body: string;
  /** Where a click leads. */
  path: string;
}

/** A message of the system; what concerns the same place takes the place of what was there. */
async function system({ title, body, path }: Told): Promise<void> {
  const options = { body, tag: path, icon: "/icons/192.png", data: { path } };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) return worker.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.onclick = () => {
    window.focus();
    window.location.assign(path);
  };
}

/** Tells somebody in the ways that he chose. The system's message is for when he does not see the desk. */
export function ring(told: Told): void {
  const { sound: isLoud, system: isShown } = alerts();
  if (isLoud) sound();
  const isAway = document.visibilityState !== "visible" || !document.hasFocus();
  if (isShown && isAway && typeof Notification !== "undefined" && Notification.permission === "granted") {
    void system(told);
  }
}
