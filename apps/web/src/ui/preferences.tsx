/** Language and theme, as entries of any menu. */
import { useTranslation } from "react-i18next";
import { LANGUAGES, setLanguage } from "@/lib/i18n";
import { setTheme, type ThemeChoice, useTheme } from "@/lib/theme";
import { MenuChoice, MenuChoices, MenuLabel, MenuSeparator } from "./menu";

const THEMES: ThemeChoice[] = ["system", "light", "dark"];

export function PreferenceItems() {
  const { t, i18n } = useTranslation();
  const { choice } = useTheme();
  return (
    <>
      <MenuLabel>{t("preferences.language")}</MenuLabel>
      <MenuChoices value={i18n.language} onValueChange={setLanguage}>
        {LANGUAGES.map((language) => (
          <MenuChoice key={language.code} value={language.code} lang={language.code}>
            {language.name}
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuSeparator />
      <MenuLabel>{t("preferences.theme")}</MenuLabel>
      <MenuChoices value={choice} onValueChange={(value) => setTheme(value as ThemeChoice)}>
        {THEMES.map((theme) => (
          <MenuChoice key={theme} value={theme}>
            {t(`preferences.${theme}`)}
          </MenuChoice>
        ))}
      </MenuChoices>
    </>
  );
}
