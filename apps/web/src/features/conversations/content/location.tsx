/** A place: its name, its address, and the way to a map. */
import { ExternalLink, MapPin } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { child, number, safeUrl, text } from "../payload";
import { OutLink } from "./out-link";

/** Digits that place a point within a metre. */
const PRECISION = 5;

export function LocationContent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const place = child(message.payload, "location");
  const name = text(place, "name");
  const address = text(place, "address");
  const url = safeUrl(place, "url");
  const point = pointOf(place);
  return (
    <div className="grid gap-1 py-0.5">
      <p className="flex items-start gap-2">
        <MapPin aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        <span className="min-w-0">
          <span className="block font-medium">{name ?? t("kind.location")}</span>
          {address && address !== name && <span className="block text-list">{address}</span>}
          {point && <span className="tabular block text-list text-muted">{point.join(", ")}</span>}
          {!place && message.text && <span className="block">{message.text}</span>}
        </span>
      </p>
      {(point || url) && (
        <p className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line pt-1.5 text-list">
          {point && (
            <OutLink href={`https://www.google.com/maps/search/?api=1&query=${point.join("%2C")}`}>
              <MapPin aria-hidden className="size-3.5" />
              {t("content.openMap")}
            </OutLink>
          )}
          {url && (
            <OutLink href={url}>
              <ExternalLink aria-hidden className="size-3.5" />
              {t("content.openPage")}
            </OutLink>
          )}
        </p>
      )}
    </div>
  );
}

function pointOf(place: unknown): [number, number] | null {
  const latitude = number(place, "latitude");
  const longitude = number(place, "longitude");
  if (latitude === null || longitude === null) return null;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return [Number(latitude.toFixed(PRECISION)), Number(longitude.toFixed(PRECISION))];
}
