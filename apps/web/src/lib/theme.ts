/** Light, dark or the system's choice; and the tenant's accent on top of it. */
import { useSyncExternalStore } from "react";
import { correctAccent } from "./accent";
import { readStored, writeStored } from "./storage";

export type ThemeChoice = "system" | "light" | "dark";
const KEY = "centralita.theme";

let brand: string | null = null;
const listeners = new Set<() => void>();
const media = window.matchMedia("(prefers-color-scheme: dark)");

function storedChoice(): ThemeChoice {
  const stored = readStored(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function effective(): "light" | "dark" {
  const choice = storedChoice();
  if (choice !== "system") return choice;
  return media.matches ? "dark" : "light";
}

function paint(): void {
  const root = document.documentElement;
  root.dataset["theme"] = effective();
  const accent = brand ? correctAccent(brand, effective()) : null;
  for (const [name, value] of [
    ["--accent", accent?.accent],
    ["--accent-ink", accent?.ink],
  ] as const) {
    if (value) root.style.setProperty(name, value);
    else root.style.removeProperty(name);
  }
  for (const notify of listeners) notify();
}

media.addEventListener("change", paint);

export function setTheme(choice: ThemeChoice): void {
  writeStored(KEY, choice === "system" ? null : choice);
  paint();
}

/** The tenant's colour for as long as his frame is shown; null gives the desk its own back. */
export function setBrandColour(colour: string | null): void {
  brand = colour;
  paint();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): { choice: ThemeChoice; effective: "light" | "dark" } {
  const value = useSyncExternalStore(subscribe, () => `${storedChoice()}/${effective()}`);
  const [choice, shown] = value.split("/") as [ThemeChoice, "light" | "dark"];
  return { choice, effective: shown };
}
