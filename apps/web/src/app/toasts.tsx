/** Where short words appear. */
import { useEffect } from "react";
import { Toaster, toast } from "sonner";
import { useTheme } from "@/lib/theme";
import { drawToasts } from "@/ui/toast";

export function Toasts() {
  const { effective } = useTheme();
  // A child's effects come first: by now it listens.
  useEffect(() => drawToasts(toast), []);
  return (
    <Toaster
      theme={effective}
      position="bottom-center"
      toastOptions={{ className: "!rounded-md !text-sm" }}
    />
  );
}
