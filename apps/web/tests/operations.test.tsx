/** Pages for what did not go through: what they say of what they do not know. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Raw } from "@/ui/raw";
import { ReasonDialog } from "@/ui/reason-dialog";
import { renderDesk } from "./render";

describe("raw JSON", () => {
  it("is indented, unless that would change its digits or it is no JSON", () => {
    renderDesk(<Raw value='{"a":1}' label="uno" />);
    expect(screen.getByLabelText("uno").textContent).toBe('{\n  "a": 1\n}');
    renderDesk(<Raw value='{"id":12345678901234567890}' label="dos" />);
    expect(screen.getByLabelText("dos")).toHaveTextContent('{"id":12345678901234567890}');
    renderDesk(<Raw value='{"id":"12345678901234567890"}' label="tres" />);
    expect(screen.getByLabelText("tres").textContent).toContain('\n  "id"');
    renderDesk(<Raw value="{broken" label="cuatro" />);
    expect(screen.getByLabelText("cuatro")).toHaveTextContent("{broken");
  });
});

describe("a reason", () => {
  it("is asked for before anything is discarded", async () => {
    const confirm = vi.fn();
    renderDesk(
      <ReasonDialog
        title="T"
        text="Texto"
        error={null}
        busy={false}
        onClose={() => {}}
        onConfirm={confirm}
      />,
    );
    await userEvent.type(screen.getByLabelText("Motivo"), "   {Enter}");
    expect(confirm).not.toHaveBeenCalled();
    await userEvent.type(screen.getByLabelText("Motivo"), "prueba {Enter}");
    expect(confirm).toHaveBeenCalledWith("prueba");
  });
});
