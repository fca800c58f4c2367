using System.Numerics.Tensors;
using System.Text;

namespace EdgeAI.Samples.Ocr;

/// <summary>
/// Reads what a recogniser puts out (connectionist temporal classification): at each step the likeliest class, of which repetitions and blanks go.
/// </summary>
internal sealed class CtcDecoder(CharacterSet characters)
{
    /// <param name="probabilities">Steps of one probability for each class.</param>
    public RecognizedText Decode(ReadOnlySpan<float> probabilities)
    {
        var text = new StringBuilder();
        var (sum, count, previous) = (0f, 0, CharacterSet.Blank);
        for (; !probabilities.IsEmpty; probabilities = probabilities[characters.Count..])
        {
            var step = probabilities[..characters.Count];
            var best = TensorPrimitives.IndexOfMax(step);
            if (best != CharacterSet.Blank && best != previous)
            {
                text.Append(characters[best]);
                sum += step[best];
                count++;
            }

            previous = best;
        }

        return new RecognizedText(text.ToString(), count == 0 ? 0 : sum / count);
    }
}
