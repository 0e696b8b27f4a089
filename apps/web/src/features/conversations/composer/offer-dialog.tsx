/** Something to choose from: up to three buttons, or a list; shown as the customer will see it. */
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { Button } from "@/ui/button";
import { Field, Input, TextArea } from "@/ui/field";
import { OFFER, type Offer, offerBody } from "../compose";
import { OfferContent } from "../content/offer";
import { BesideDialog, type BesideProps } from "./beside-dialog";

interface OfferDialogProps extends BesideProps {
  onSubmit: (offer: Offer) => void;
}

const BLANK = { title: "", note: "" };

/** What keeps it from being sent; null: nothing does. */
export function offerProblem({
  kind,
  body,
  open,
  choices,
}: Offer): "body" | "open" | "choices" | "twice" | null {
  const titles = choices.map(({ title }) => title.trim()).filter(Boolean);
  if (!body.trim()) return "body";
  if (titles.length === 0) return "choices";
  if (new Set(titles).size < titles.length) return "twice";
  return kind === "list" && !open.trim() ? "open" : null;
}

export function OfferDialog({ onSubmit, onClose, onClosed }: OfferDialogProps) {
  const { t } = useTranslation();
  const [offer, setOffer] = useState<Offer>({
    kind: "button",
    header: "",
    body: "",
    footer: "",
    open: t("offer.openFirst"),
    choices: [BLANK, BLANK],
  });
  const [isTried, setIsTried] = useState(false);
  const isList = offer.kind === "list";
  const most = isList ? OFFER.rows : OFFER.buttons;
  const longest = isList ? OFFER.row : OFFER.button;
  const problem = offerProblem(offer);
  const change = (next: Partial<Offer>) => setOffer({ ...offer, ...next });
  const text = (member: "header" | "body" | "footer" | "open") => ({
    value: offer[member],
    onChange: (event: { target: { value: string } }) => change({ [member]: event.target.value }),
  });
  const said = (of: typeof problem) => (isTried && problem === of ? t(`offer.problem.${of}`) : undefined);

  function setKind(kind: Offer["kind"]): void {
    const kept = kind === "button" ? offer.choices.slice(0, OFFER.buttons) : offer.choices;
    change({
      kind,
      choices: kept.map(({ title, note }) =>
        kind === "button" ? { title: title.slice(0, OFFER.button), note: "" } : { title, note },
      ),
    });
  }

  function setChoice(place: number, next: Partial<typeof BLANK>): void {
    change({ choices: offer.choices.map((choice, at) => (at === place ? { ...choice, ...next } : choice)) });
  }

  return (
    <BesideDialog
      title={t("beside.offer")}
      wide
      onClose={onClose}
      onClosed={onClosed}
      onSubmit={() => {
        setIsTried(true);
        if (problem === null) onSubmit(offer);
      }}
    >
      <fieldset className="flex gap-4">
        <legend className="sr-only">{t("offer.kind")}</legend>
        {(["button", "list"] as const).map((kind) => (
          <label key={kind} className="flex items-center gap-2">
            <input
              type="radio"
              name="kind"
              className="accent-(--accent)"
              checked={offer.kind === kind}
              onChange={() => setKind(kind)}
            />
            {t(`offer.as.${kind}`)}
          </label>
        ))}
      </fieldset>
      <Field label={t("offer.header")}>
        {(field) => <Input {...field} {...text("header")} maxLength={OFFER.header} />}
      </Field>
      <Field label={t("offer.body")} error={said("body")}>
        {(field) => <TextArea {...field} {...text("body")} rows={3} maxLength={OFFER.body} />}
      </Field>
      <Field label={t("offer.footer")}>
        {(field) => <Input {...field} {...text("footer")} maxLength={OFFER.footer} />}
      </Field>
      {isList && (
        <Field label={t("offer.open")} error={said("open")}>
          {(field) => <Input {...field} {...text("open")} maxLength={OFFER.button} />}
        </Field>
      )}
      <fieldset className="grid gap-2">
        <legend className="mb-1 text-list font-medium">{t("offer.choices")}</legend>
        {offer.choices.map((choice, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a choice is what stands at its place
          <div key={place} className="flex flex-wrap gap-2">
            <Input
              className="min-w-40 flex-1"
              aria-label={t("offer.title", { place: place + 1 })}
              placeholder={t("offer.title", { place: place + 1 })}
              maxLength={longest}
              value={choice.title}
              onChange={(event) => setChoice(place, { title: event.target.value })}
            />
            {isList && (
              <Input
                className="min-w-40 flex-2 max-sm:order-last max-sm:basis-full"
                aria-label={t("offer.note", { place: place + 1 })}
                placeholder={t("offer.note", { place: place + 1 })}
                maxLength={OFFER.note}
                value={choice.note}
                onChange={(event) => setChoice(place, { note: event.target.value })}
              />
            )}
            <Button
              variant="ghost"
              size="icon"
              className="size-9"
              disabled={offer.choices.length === 1}
              aria-label={t("offer.remove", { place: place + 1 })}
              onClick={() => change({ choices: offer.choices.filter((_, at) => at !== place) })}
            >
              <Trash2 />
            </Button>
          </div>
        ))}
        {(said("choices") ?? said("twice")) && (
          <p role="alert" className="text-list text-bad">
            {said("choices") ?? said("twice")}
          </p>
        )}
        {offer.choices.length < most && (
          <div>
            <Button size="sm" onClick={() => change({ choices: [...offer.choices, BLANK] })}>
              <Plus aria-hidden />
              {t("offer.add")}
            </Button>
          </div>
        )}
      </fieldset>
      {offer.body.trim() && (
        <section aria-label={t("offer.preview")} className="grid gap-1">
          <h3 className="text-list font-medium">{t("offer.preview")}</h3>
          <div className="max-w-72 rounded-md border border-accent/25 bg-[color-mix(in_srgb,var(--accent)_11%,var(--surface))] px-3 py-2 wrap-anywhere">
            <OfferContent message={shown(offer)} />
          </div>
        </section>
      )}
    </BesideDialog>
  );
}

/** The message as it would stand in the thread. */
function shown(offer: Offer): Message {
  const payload = offerBody(offer, { quote: null, sendAt: null });
  return { type: "interactive", direction: "out", text: null, payload } as unknown as Message;
}
