namespace EdgeAI.Samples.Voice;

/// <summary>Changes the sample rate with a windowed sinc filter, which keeps out what the lower of the two rates can't carry.</summary>
internal static class Resampler
{
    private const int Lobes = 16;

    public static Recording Resample(Recording recording, int sampleRate)
    {
        if (recording.SampleRate == sampleRate)
        {
            return recording;
        }

        var step = (double)recording.SampleRate / sampleRate;
        var bandwidth = Math.Min(1, 1 / step);
        var samples = new float[(int)(recording.Samples.Length / step)];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = Interpolate(recording.Samples, i * step, bandwidth);
        }

        return new Recording(samples, sampleRate);
    }

    private static float Interpolate(ReadOnlySpan<float> samples, double position, double bandwidth)
    {
        var reach = Lobes / bandwidth;
        var first = Math.Max(0, (int)Math.Ceiling(position - reach));
        var last = Math.Min(samples.Length - 1, (int)Math.Floor(position + reach));
        var sum = 0.0;
        for (var i = first; i <= last; i++)
        {
            var distance = i - position;
            sum += samples[i] * Sinc(distance * bandwidth) * Hann(distance / reach);
        }

        return (float)(sum * bandwidth);
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Hann(double x) => 0.5 * (1 + Math.Cos(Math.PI * x));
}
