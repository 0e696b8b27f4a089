/** A contact card for the customer: a colleague, another branch, whoever can help. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field, Input } from "@/ui/field";
import type { Card } from "../compose";
import { BesideDialog, type BesideProps } from "./beside-dialog";

interface CardDialogProps extends BesideProps {
  onSubmit: (card: Card) => void;
}

/** As many digits as E.164 has, with the country's code. */
const DIGITS = /^\d{8,15}$/;

export function CardDialog({ onSubmit, onClose, onClosed }: CardDialogProps) {
  const { t } = useTranslation();
  const [card, setCard] = useState<Card>({ name: "", phone: "", company: "" });
  const [isTried, setIsTried] = useState(false);
  const phone = card.phone.replaceAll(/\D/g, "");
  const isPhone = DIGITS.test(phone);
  const name = card.name.trim();
  const field = (member: keyof Card) => ({
    value: card[member],
    onChange: (event: { target: { value: string } }) => setCard({ ...card, [member]: event.target.value }),
  });
  return (
    <BesideDialog
      title={t("beside.card")}
      onClose={onClose}
      onClosed={onClosed}
      onSubmit={() => {
        setIsTried(true);
        if (name && isPhone) onSubmit({ name, phone, company: card.company.trim() });
      }}
    >
      <Field label={t("card.name")} error={isTried && !name ? t("card.noName") : undefined}>
        {(props) => <Input {...props} {...field("name")} autoFocus maxLength={100} autoComplete="off" />}
      </Field>
      <Field
        label={t("card.phone")}
        hint={t("template.phoneHint")}
        error={isTried && !isPhone ? t("card.noPhone") : undefined}
      >
        {(props) => <Input {...props} {...field("phone")} type="tel" maxLength={30} autoComplete="off" />}
      </Field>
      <Field label={t("card.company")}>
        {(props) => <Input {...props} {...field("company")} maxLength={100} autoComplete="off" />}
      </Field>
    </BesideDialog>
  );
}
