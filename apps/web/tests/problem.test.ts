/** What a person reads when something fails. */
import i18n from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { messageErrorWords } from "@/features/conversations/meta-errors";
import { ProblemError, problemWords } from "@/lib/problem";

const words = (error: unknown) => problemWords(error, i18n.t);

beforeAll(() => i18n.changeLanguage("es"));

describe("problems", () => {
  it("read by their code", () => {
    expect(words(new ProblemError({ code: "invalid_credentials" }, 401))).toBe(
      "El correo o la contraseña no son correctos.",
    );
  });

  it("of a database URL say the precise cause and the remedy", () => {
    const problem = new ProblemError(
      { code: "invalid_request", errors: [{ pointer: "/url", code: "db_auth_failed", message: "x" }] },
      422,
    );
    expect(words(problem)).toContain("rechazó el usuario o la clave");
  });

  it("without a connection say so", () => {
    expect(words(new TypeError("Failed to fetch"))).toContain("No se pudo llegar al servidor");
  });

  it("of a gateway without a body still have words", () => {
    expect(words(new ProblemError({}, 502))).toContain("no está disponible");
  });

  it("nobody foresaw use the server's own detail", () => {
    expect(words(new ProblemError({ code: "brand_new", detail: "Algo muy preciso." }, 409))).toBe(
      "Algo muy preciso.",
    );
  });
});

describe("refusals of WhatsApp", () => {
  it("have a reason and an advice in words", () => {
    const result = messageErrorWords(
      { code: "131047", title: "Re-engagement message", detail: null, advice: "use_template" },
      i18n.t,
    );
    expect(result.reason).toContain("24 horas");
    expect(result.advice).toContain("plantilla");
  });

  it("with an unknown code show the code, WhatsApp's own words and the advice", () => {
    const result = messageErrorWords(
      { code: "999", title: "Odd thing", detail: null, advice: "wait" },
      i18n.t,
    );
    expect(result.reason).toContain("999");
    expect(result).toMatchObject({
      advice: "Esperar unos minutos y reenviar.",
      again: "later",
      original: "Odd thing",
    });
  });
});
