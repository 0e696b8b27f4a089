/** Renders a part of the desk with what it stands on, in Spanish. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import i18n from "i18next";
import type { ReactNode } from "react";
import { makeQueryClient } from "@/app/providers";
import { TooltipProvider } from "@/ui/tooltip";

export function renderDesk(ui: ReactNode) {
  void i18n.changeLanguage("es");
  const client = makeQueryClient();
  const view = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>{ui}</TooltipProvider>
    </QueryClientProvider>,
  );
  return { ...view, client };
}
