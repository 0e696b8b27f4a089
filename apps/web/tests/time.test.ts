/** Times and windows as a person reads them. */
import { describe, expect, it } from "vitest";
import { formatDay, formatDuration, formatFull, formatRowTime, serviceWindow } from "@/lib/time";

const now = Date.parse("2026-03-10T03:30:00Z");
const inMinutes = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

describe("service window", () => {
  it.each([
    [24 * 60, "open", 1],
    [121, "open", 121 / 1440],
    [119, "short", 119 / 1440],
    [14, "closing", 14 / 1440],
    [-1, "closed", 0],
  ])("with %i minutes left is %s", (minutes, state, fraction) => {
    const window = serviceWindow(inMinutes(minutes), now);
    expect(window.state).toBe(state);
    expect(window.fraction).toBeCloseTo(fraction);
  });

  it("that never opened is closed and has no time", () => {
    expect(serviceWindow(null, now)).toEqual({ state: "closed", fraction: 0, left: null });
  });
});

describe("durations", () => {
  it.each([
    [30_000, "1 min"],
    [12 * 60_000, "12 min"],
    [200 * 60_000, "3 h 20 min"],
    [23.5 * 3_600_000, "23 h"],
    [-3 * 3_600_000, "3 h"],
    [72 * 3_600_000, "3 d"],
  ])("%i ms reads %s", (ms, words) => expect(formatDuration(ms)).toBe(words));
});

describe("dates", () => {
  const zone = "America/La_Paz";
  it("are relative up to a day, then absolute in the tenant's zone", () => {
    expect(formatRowTime(inMinutes(-0.5), now, "es", zone, "ahora")).toBe("ahora");
    expect(formatRowTime(inMinutes(-5), now, "es", zone, "ahora")).toBe("5 min");
    expect(formatRowTime(inMinutes(-300), now, "es", zone, "ahora")).toBe("5 h");
    expect(formatRowTime("2026-03-05T02:00:00Z", now, "es", zone, "ahora")).toBe("4 mar");
  });

  it("begin their day where the tenant is, not where the reader is", () => {
    const words = { today: "hoy", yesterday: "ayer" };
    expect(formatDay("2026-03-09T12:00:00Z", now, "es", zone, words)).toBe("hoy");
    expect(formatDay("2026-03-09T12:00:00Z", now, "es", "UTC", words)).toBe("ayer");
  });

  it("name both clocks when the reader is elsewhere", () => {
    const far = formatFull("2026-03-09T12:00:00Z", "es", zone, "Europe/Madrid");
    expect(far).toContain("8:00");
    expect(far).toContain("13:00 (Europe/Madrid)");
    expect(formatFull("2026-03-09T12:00:00Z", "es", zone, zone)).not.toContain("(");
  });
});
