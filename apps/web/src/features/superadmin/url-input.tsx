/** A URL with a password in it: hidden until somebody looks. */
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Input } from "@/ui/field";

interface UrlInputProps {
  field: { id: string; "aria-invalid": boolean | undefined; "aria-describedby": string | undefined };
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}

export function UrlInput({ field, value, placeholder, onChange }: UrlInputProps) {
  const { t } = useTranslation();
  const [visible, setVisible] = useState(false);
  return (
    <div className="relative">
      <Input
        {...field}
        type={visible ? "text" : "password"}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="pr-10 font-mono text-list"
      />
      <button
        type="button"
        aria-pressed={visible}
        aria-label={t("database.showUrl")}
        onClick={() => setVisible(!visible)}
        className="absolute inset-y-0 right-0 flex w-10 items-center justify-center rounded-md text-muted hover:text-ink"
      >
        {visible ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
      </button>
    </div>
  );
}
