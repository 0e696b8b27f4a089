/** Being told while the desk is closed: this browser asks its push service, and the server is told where (W3C Push API). */
import { api, unwrap } from "@/api/client";
import { alerts } from "./alerts";

/** Whether this browser can be told while the desk is closed. */
export function canPush(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window;
}

async function registration(): Promise<ServiceWorkerRegistration | null> {
  return (await navigator.serviceWorker?.getRegistration()) ?? null;
}

/** Of base64url, as keys are given. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function isSameKey(subscription: PushSubscription, key: Uint8Array): boolean {
  const known = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0));
  return known.length === key.length && known.every((byte, place) => byte === key[place]);
}

/** Where this browser wants its messages: as it said before, unless the installation has another key since. */
async function subscription(worker: ServiceWorkerRegistration): Promise<PushSubscription> {
  const { public_key } = await unwrap(api.GET("/api/push"));
  const key = bytes(public_key);
  const known = await worker.pushManager.getSubscription();
  if (known && isSameKey(known, key)) return known;
  await known?.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** Has this browser told from now on, as its owner wishes. Without a worker, as in a preview, it is told nothing. */
export async function listen(): Promise<void> {
  const worker = canPush() ? await registration() : null;
  if (!worker) return;
  const { endpoint, keys } = (await subscription(worker)).toJSON();
  const { p256dh, auth } = keys ?? {};
  if (!endpoint || !p256dh || !auth) throw new Error("the browser says where, but not for whom");
  const body = { endpoint, keys: { p256dh, auth }, whose: alerts().whose };
  await unwrap(api.POST("/api/push/subscriptions", { body }));
}

/** Has this browser told nothing any more. */
export async function fallSilent(): Promise<void> {
  const known = await (await registration())?.pushManager?.getSubscription();
  if (!known) return;
  const { endpoint } = known;
  await known.unsubscribe();
  await unwrap(api.POST("/api/push/subscriptions/remove", { body: { endpoint } }));
}
