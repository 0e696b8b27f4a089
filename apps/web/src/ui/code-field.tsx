/** Where a code of the second factor is typed: six digits of the authenticator, or a recovery code. */
import { useTranslation } from "react-i18next";
import { Field, Input } from "./field";

interface CodeFieldProps {
  value: string;
  onChange: (code: string) => void;
  error?: string | undefined;
  label?: string;
  hint?: string;
  autoFocus?: boolean;
}

export function CodeField({ value, onChange, error, label, hint, autoFocus }: CodeFieldProps) {
  const { t } = useTranslation();
  return (
    <Field label={label ?? t("code.label")} hint={hint ?? t("code.hint")} error={error}>
      {(field) => (
        <Input
          {...field}
          value={value}
          autoFocus={autoFocus}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          className="font-mono"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
