/** A place for the customer: a branch, where one is, or any point. */
import { useQuery } from "@tanstack/react-query";
import { LocateFixed, MapPin } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "@/api/client";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import type { Place } from "../compose";
import { BesideDialog, type BesideProps } from "./beside-dialog";

interface LocationDialogProps extends BesideProps {
  onSubmit: (place: Place) => void;
}

/** Two numbers, as maps write a point, alone or somewhere in a link: "-16.5, -68.15", "…/@-16.5,-68.15,17z". */
const POINT = /(-?\d{1,2}(?:\.\d+)?)\s*(?:,|%2C)\s*(-?\d{1,3}(?:\.\d+)?)/i;

/** The point that these words name; null: none. */
export function pointIn(words: string): { latitude: number; longitude: number } | null {
  const found = POINT.exec(words);
  const [latitude, longitude] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { latitude, longitude };
}

export function LocationDialog({ onSubmit, onClose, onClosed }: LocationDialogProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [asking, setAsking] = useState<"no" | "asking" | "failed">("no");
  const { data } = useQuery({
    queryKey: ["branches", "places"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/branches", { params: { query: { limit: 200 } }, signal })),
  });
  const places = (data?.items ?? []).filter(
    ({ lat, lng, is_active }) => is_active && lat !== null && lng !== null,
  );
  const point = pointIn(words);

  function locate(): void {
    setAsking("asking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setWords(`${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`);
        setAsking("no");
      },
      () => setAsking("failed"),
      { timeout: 15_000 },
    );
  }

  return (
    <BesideDialog
      title={t("beside.location")}
      disabled={!point}
      onClose={onClose}
      onClosed={onClosed}
      onSubmit={() => point && onSubmit({ ...point, name: name.trim(), address: address.trim() })}
    >
      {places.length > 0 && (
        <fieldset className="grid gap-1">
          <legend className="mb-1 text-list font-medium">{t("location.branches")}</legend>
          <div className="flex flex-wrap gap-1.5">
            {places.map((branch) => (
              <Button
                key={branch.id}
                size="sm"
                onClick={() => {
                  setWords(`${branch.lat}, ${branch.lng}`);
                  setName(branch.name);
                  setAddress(branch.address ?? "");
                }}
              >
                <MapPin aria-hidden />
                {branch.name}
              </Button>
            ))}
          </div>
        </fieldset>
      )}
      <Field
        label={t("location.point")}
        hint={point ? `${point.latitude}, ${point.longitude}` : t("location.hint")}
        error={words.trim() && !point ? t("location.none") : undefined}
      >
        {(field) => (
          <Input {...field} autoFocus value={words} onChange={(event) => setWords(event.target.value)} />
        )}
      </Field>
      <div>
        <Button size="sm" busy={asking === "asking"} onClick={locate}>
          <LocateFixed aria-hidden />
          {t("location.mine")}
        </Button>
        {asking === "failed" && (
          <p role="alert" className="mt-1 text-list text-bad">
            {t("location.failed")}
          </p>
        )}
      </div>
      <Field label={t("location.name")}>
        {(field) => (
          <Input {...field} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field label={t("location.address")}>
        {(field) => (
          <Input
            {...field}
            maxLength={200}
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        )}
      </Field>
    </BesideDialog>
  );
}
