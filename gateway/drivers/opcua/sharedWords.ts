/** Shorter letters are too often alike by chance. */
const shortestWord = 3;

type Texts = readonly (string | undefined)[];

/**
 * Whether texts of two sides have a word in common: of Latin letters, also where one side shortens it (Temp,
 * Temperature); of Chinese, by a character. Words of `apart` do not count: they stand in every name. Undefined where the
 * two have no script in common to compare.
 */
export function shareAWord(theirs: Texts, ours: Texts, apart: Texts): boolean | undefined {
  const left = wordsOf(apart);
  const [a, b] = [without(wordsOf(theirs), left), without(wordsOf(ours), left)];
  const latin = a.latin.some((one) => b.latin.some((other) => isAlike(one, other)));
  const han = a.han.some((character) => b.han.includes(character));
  if (latin || han) return true;
  const comparable = (a.latin.length > 0 && b.latin.length > 0) || (a.han.length > 0 && b.han.length > 0);
  return comparable ? false : undefined;
}

const isAlike = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

interface Words {
  readonly latin: readonly string[];
  readonly han: readonly string[];
}

const without = (words: Words, left: Words): Words => ({
  latin: words.latin.filter((word) => !left.latin.some((other) => isAlike(word, other))),
  han: words.han.filter((character) => !left.han.includes(character)),
});

/** `reactorTemp_2` has the words reactor and temp. */
function wordsOf(texts: Texts): Words {
  const text = texts.join(" ");
  const split = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2").match(/\p{Script=Latin}+/gu) ?? [];
  return {
    latin: split.map((word) => word.toLowerCase()).filter((word) => word.length >= shortestWord),
    han: text.match(/\p{Script=Han}/gu) ?? [],
  };
}
